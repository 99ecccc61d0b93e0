//! Marking in slices against marking at once, on objects made by hand; and who helps.

use std::collections::BTreeSet;

use super::{Helpers, Marking, Roots};
use crate::layout::WORD_BYTES;
use crate::memory::Memory;
use crate::object::TypeInfo;
use crate::options::Options;
use crate::special::Kept;
use crate::sync::Arc;
use crate::trace::{Deferred, ElementEdges, Range, Tracer};

const WORDS: usize = 4;

/// Four edges, the last two of which the mask does not know.
static INFO: TypeInfo =
    TypeInfo { mask: &[0b11], tail: Some(defers_the_rest), ..TypeInfo::by_hand(WORDS * WORD_BYTES) };

unsafe fn defers_the_rest(at: *const u8, tracer: &mut Tracer) {
    let rest = at.wrapping_add(2 * WORD_BYTES);
    tracer.deferred.push(Deferred::Range(Range {
        at: rest,
        len: 2,
        stride: WORD_BYTES,
        edges: ElementEdges::Traced(trace_words),
    }));
}

unsafe fn trace_words(at: *const u8, len: usize, tracer: &mut Tracer) {
    for i in 0..len {
        let word = at.wrapping_add(i * WORD_BYTES).cast::<*const u8>();
        // SAFETY: a word of an object.
        tracer.edge(unsafe { word.read() });
    }
}

/// Some objects, each of which leads to a few others, not always by their first byte.
fn objects(memory: &Memory, n: usize) -> Vec<*mut u8> {
    let class = memory.class_of(&INFO, INFO.slot_bytes);
    let mut slots = Vec::new();
    while slots.len() < n {
        let claim = memory.claim(class, 64, &mut Vec::new()).unwrap();
        slots.extend(
            (0..64)
                .filter(|bit| claim.slots >> bit & 1 == 1)
                .map(|bit| claim.start.wrapping_add(bit * INFO.slot_bytes)),
        );
        // SAFETY: slots of the claim, which get their values before anything looks at them.
        unsafe { claim.commit(claim.slots) };
    }
    for (i, &slot) in slots.iter().enumerate() {
        // SAFETY: a slot of our own.
        unsafe { crate::zeal::take_slot(slot, INFO.slot_bytes, INFO.slot_bytes) };
        for word in 0..WORDS {
            let to = (i * 7 + word * 1009 + 1) * 13 % (slots.len() * 2);
            let edge = slots.get(to).map_or(core::ptr::null_mut(), |to| to.wrapping_add(word * 3));
            let place = slot.wrapping_add(word * WORD_BYTES).cast::<*mut u8>();
            // SAFETY: as above.
            unsafe { place.write(edge) };
        }
    }
    slots
}

#[derive(Debug)]
struct RootsOf(Vec<usize>);

impl Roots for RootsOf {
    fn n_shards(&self) -> usize {
        self.0.len()
    }
    fn visit(&self, shard: usize, each: &mut dyn FnMut(Kept)) {
        each(Kept::Object(core::ptr::with_exposed_provenance(self.0[shard])));
    }
}

fn marked(memory: &Memory) -> BTreeSet<usize> {
    memory.marked_objects().into_iter().map(|(_, _, object)| object.addr()).collect()
}

fn helpers() -> Helpers {
    Helpers::new(&Options::default())
}

#[test]
fn slices_mark_what_is_marked_at_once() {
    let memory = Memory::new(usize::MAX, false);
    let objects = objects(&memory, 3000);
    let roots: Vec<_> = [5, 999].map(|root| objects[root].expose_provenance()).into();
    let mut whole = Marking::new();
    // SAFETY: there are no mutators.
    unsafe { whole.mark_all(&memory, Arc::new(RootsOf(roots.clone())), &helpers()) };
    let (expected, found) = (marked(&memory), whole.finish().0);
    assert!(expected.len() > 100 && expected.len() < objects.len(), "{} are marked", expected.len());
    assert_eq!((found.objects, found.bytes), (expected.len() as u64, expected.len() as u64 * 32));
    for steps in [1, 2, 7, 64, 1000] {
        memory.forget_marks();
        let mut sliced = Marking::new();
        let targets = roots.iter().map(|&root| Kept::Object(core::ptr::with_exposed_provenance(root)));
        // SAFETY: there are no mutators.
        unsafe { sliced.shade(&memory, targets) };
        let mut slices = 1_u64;
        // SAFETY: as above.
        while !unsafe { sliced.mark_some(&memory, steps) } {
            assert!(sliced.driver.has_only_grey(), "data that an object owns may change between two slices");
            slices += 1;
        }
        assert_eq!(marked(&memory), expected, "in slices of {steps}");
        assert!(slices * steps >= expected.len() as u64 - steps, "{slices} slices of {steps} steps");
        assert_eq!(sliced.finish().0.objects, found.objects);
    }
}

#[test]
fn what_slices_leave_is_marked_with_the_rest() {
    let memory = Memory::new(usize::MAX, false);
    let objects = objects(&memory, 3000);
    let roots = RootsOf([5, 999].map(|root| objects[root].expose_provenance()).into());
    let mut whole = Marking::new();
    // SAFETY: there are no mutators.
    unsafe { whole.mark_all(&memory, Arc::new(RootsOf(roots.0.clone())), &helpers()) };
    let expected = marked(&memory);
    memory.forget_marks();
    let mut marking = Marking::new();
    // SAFETY: there are no mutators.
    unsafe { marking.shade(&memory, [objects[5].cast_const(), core::ptr::null()].map(Kept::Object)) };
    // SAFETY: as above.
    assert!(!unsafe { marking.mark_some(&memory, 10) });
    // SAFETY: as above.
    unsafe { marking.mark_all(&memory, Arc::new(roots), &helpers()) };
    assert_eq!(marked(&memory), expected);
    assert_eq!(marking.finish().0.objects, expected.len() as u64);
}

#[test]
#[cfg(feature = "parallel")]
fn few_closures_wait_in_a_busy_pool() {
    use super::session::Session;
    let pool = Arc::new(rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap());
    let options = Options { mark_pool: Some(Arc::clone(&pool)), ..Options::default() };
    let helpers = Helpers::new(&options);
    let memory = Memory::new(usize::MAX, false);
    let open = || Arc::new(Session::new(memory.map(), Arc::new(RootsOf(Vec::new()))));
    let (release, wait) = std::sync::mpsc::channel::<()>();
    pool.spawn(move || wait.recv().unwrap_or_default());
    let sessions: Vec<_> = (0..100).map(|_| open()).collect();
    for session in &sessions {
        helpers.call(session);
        assert_eq!(helpers.n_waiting(), 1);
        helpers.dismiss();
        assert!(session.take().is_none(), "nothing was given");
        assert_eq!(session.close().threads, 1);
        assert_eq!(Arc::strong_count(session), 1, "nobody keeps a session that is over");
        assert!(!session.join(), "a session that is over has no new workers");
    }
    drop(release);
    pool.install(|| ());
    while helpers.n_waiting() > 0 {
        std::thread::yield_now();
    }
}
