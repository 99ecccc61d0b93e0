//! Models of a span's life: who sweeps it, who claims its slots, whose destructors are due, and which weak pointers lead
//! to it. Each is shown to fail when a step that it needs is left out.

use core::mem::ManuallyDrop;
use core::ptr::NonNull;

use loom::cell::UnsafeCell;
use loom::thread;

use super::sweep_state::{Generation, Progress, SweepState};
use super::{Bitmap, Claim, Class, DeadSlots, Memory, World};
use crate::object::{DropKind, TypeInfo};
use crate::special::Handle;
use crate::sync::models::{fails_without, model};
use crate::sync::{Arc, Ordering};

/// A span and its generation, which mutators read.
#[derive(Debug)]
struct Swept {
    state: SweepState,
    /// How often it was swept.
    contents: UnsafeCell<u32>,
}

// SAFETY: what the state is there for; the model finds out if it is not so.
unsafe impl Sync for Swept {}
// SAFETY: as above.
unsafe impl Send for Swept {}

const NOW: Generation = Generation(2);

impl Swept {
    fn sweep(&self) -> u32 {
        if !self.state.begin(NOW) {
            return 0;
        }
        // SAFETY: the model finds out if another thread uses it.
        self.contents.with_mut(|swept| unsafe { *swept += 1 });
        self.state.finish(NOW);
        1
    }

    /// Looks at the contents if the span is swept.
    fn claim(&self) {
        if self.state.progress(NOW) == Progress::Swept {
            // SAFETY: as above.
            self.contents.with(|swept| assert_eq!(unsafe { *swept }, 1, "a claim from a span to sweep"));
        }
    }
}

/// Two threads would sweep a span, and one would claim from it.
fn one_sweeper() {
    let span = Arc::new(Swept { state: SweepState::swept(Generation(0)), contents: UnsafeCell::new(0) });
    let sweepers = [(); 2].map(|()| {
        let span = Arc::clone(&span);
        thread::spawn(move || span.sweep())
    });
    span.claim();
    span.claim();
    let swept: u32 = sweepers.into_iter().map(|sweeper| sweeper.join().unwrap()).sum();
    assert_eq!(swept, 1);
    span.claim();
}

#[test]
fn a_span_is_swept_by_one_thread() {
    model(5, one_sweeper);
}

#[test]
fn a_sweep_has_to_begin_by_exchange() {
    fails_without("beginning by exchange", 3, one_sweeper);
}

#[test]
fn a_sweep_has_to_be_published() {
    fails_without("publishing a sweep", 3, one_sweeper);
}

const SLOT_BYTES: usize = 1024;
/// Slots of the first span of the class, which has one page.
const SLOTS: usize = 4;

/// Objects that have a destructor.
static INFO: TypeInfo =
    TypeInfo { drop: Some(drop_nothing), drop_kind: |_| DropKind::User, ..TypeInfo::by_hand(SLOT_BYTES) };

/// Stands for the destructor: the model calls [`Heap::run`] instead.
unsafe fn drop_nothing(_: *mut u8) -> usize {
    unreachable!("no sweep drops what has a destructor");
}

/// A heap with one class, and what the slots of its first span hold.
#[derive(Debug)]
struct Heap {
    /// Dropped at the [`end`](Self::end), and not by a run that fails.
    memory: ManuallyDrop<Memory>,
    first: usize,
    /// Whether a slot holds an object that was not dropped.
    slots: [UnsafeCell<bool>; SLOTS],
}

// SAFETY: what the bitmaps are there for; the model finds out if it is not so.
unsafe impl Sync for Heap {}
// SAFETY: as above.
unsafe impl Send for Heap {}

impl Heap {
    /// A span full of objects.
    fn new() -> Arc<Self> {
        let memory = ManuallyDrop::new(Memory::new(usize::MAX, false));
        let class = memory.class_of(&INFO, SLOT_BYTES);
        let claim = memory.claim(class, 64, &mut Vec::new()).expect("the system has memory");
        assert_eq!(claim.slots.count_ones() as usize, SLOTS);
        let slots = core::array::from_fn(|_| UnsafeCell::new(false));
        let heap = Self { first: claim.start.addr(), memory, slots };
        heap.fill(claim);
        Arc::new(heap)
    }

    fn class(&self) -> &Class {
        self.memory.class_of(&INFO, SLOT_BYTES)
    }

    /// Writes to a slot, if it is of the first span: it has to hold an object, or to hold none.
    fn set(&self, slot: usize, object: bool) {
        let index = slot.wrapping_sub(self.first) / SLOT_BYTES;
        if let Some(slot) = self.slots.get(index) {
            // SAFETY: the model finds out if another thread uses it.
            let before = slot.with_mut(|slot| unsafe { slot.replace(object) });
            assert_ne!(before, object, "a slot is handed out, or its object dropped, twice");
        }
    }

    /// Makes objects in all slots of a claim; how many.
    fn fill(&self, claim: Claim) -> u64 {
        let made = u64::from(claim.slots.count_ones());
        for bit in super::sweep::ones(claim.slots) {
            self.set(claim.start.addr() + bit * SLOT_BYTES, true);
        }
        // SAFETY: claimed, and the values are what `set` notes.
        unsafe { claim.commit(claim.slots) };
        self.memory.counters.note_allocated(made, SLOT_BYTES as u64);
        made
    }

    /// Claims slots and makes objects in them.
    fn allocate(&self) -> u64 {
        self.fill(self.memory.claim(self.class(), 2, &mut Vec::new()).expect("the system has memory"))
    }

    /// Runs destructors and buries the slots.
    fn run(&self, list: DeadSlots) -> u64 {
        list.objects().1.for_each(|object| self.set(object.addr(), false));
        let n = list.len() as u64;
        self.memory.bury(list);
        n
    }

    /// Runs all destructors that are due.
    fn run_due(&self) -> u64 {
        core::iter::from_fn(|| self.memory.take_doomed()).map(|list| self.run(list)).sum()
    }

    fn sweep(&self) {
        while self.memory.sweep_for(self.class()) {}
    }

    /// A cycle that finds these objects of the first span alive. All claims have ended.
    fn cycle(&self, alive: &[usize]) {
        let map = self.memory.map();
        for index in alive {
            let object = core::ptr::without_provenance(self.first + index * SLOT_BYTES);
            // SAFETY: an object of this heap.
            let slot = unsafe { map.slot_of(object) };
            slot.word(Bitmap::Marks).fetch_or(slot.bit(), Ordering::Relaxed);
        }
        // SAFETY: only this thread is here, or none that has a claim; what is not marked is dead.
        unsafe { self.memory.start_sweep() };
    }

    /// Asserts that every object that was made is dropped once in the end.
    fn end(self: Arc<Self>, made: u64, mut dropped: u64) {
        self.sweep();
        dropped += self.run_due();
        self.memory.verify(World::Stopped);
        self.cycle(&[]);
        self.sweep();
        dropped += self.run_due();
        self.memory.verify(World::Stopped);
        assert_eq!(made, dropped);
        assert_eq!(self.memory.stats().spans, 0);
        let heap = Arc::into_inner(self).expect("the threads have ended");
        drop(ManuallyDrop::into_inner(heap.memory));
    }
}

/// A destructor is due since the cycle before, while a span is swept by who needs slots or by the service thread,
/// which runs destructors that are due, too.
fn destructors(alive: &[usize]) {
    let heap = Heap::new();
    heap.cycle(&[1, 2, 3]);
    heap.sweep();
    let due = heap.memory.take_doomed().expect("an object is dead");
    heap.cycle(alive);
    let runner = {
        let heap = Arc::clone(&heap);
        thread::spawn(move || heap.run(due))
    };
    let service = {
        let heap = Arc::clone(&heap);
        thread::spawn(move || {
            heap.sweep();
            heap.run_due()
        })
    };
    let made = heap.allocate();
    let dropped = runner.join().unwrap() + service.join().unwrap();
    heap.end(SLOTS as u64 + made, dropped);
}

#[test]
fn destructors_against_sweep_and_claim() {
    model(2, || destructors(&[1, 2]));
}

#[test]
fn destructors_against_giving_up_a_span() {
    model(2, || destructors(&[]));
}

#[test]
fn a_sweep_has_to_see_what_was_buried() {
    fails_without("seeing what was buried", 2, || destructors(&[1, 2]));
}

#[test]
fn burying_has_to_remove_from_allocs_first() {
    fails_without("removing from allocs first", 2, || destructors(&[1, 2]));
}

#[test]
fn burying_has_to_leave_slots_to_the_sweep() {
    fails_without("leaving slots to the sweep", 2, || destructors(&[1, 2]));
}

/// The service thread sees to the end of a sweep, while another thread does, and begins the next one, which nobody else
/// sweeps.
fn the_end_of_a_sweep() {
    let alive = [0, 1, 2, 3];
    let heap = Heap::new();
    heap.cycle(&alive);
    let service = {
        let heap = Arc::clone(&heap);
        thread::spawn(move || heap.memory.sweep_all())
    };
    heap.memory.sweep_all();
    heap.cycle(&alive);
    service.join().unwrap();
    heap.end(SLOTS as u64, 0);
}

#[test]
fn a_sweep_ends_though_the_next_one_begins() {
    model(3, the_end_of_a_sweep);
}

#[test]
fn who_waits_for_a_sweep_has_to_look_again() {
    fails_without("looking again", 3, the_end_of_a_sweep);
}

/// A handle for weak pointers to an object of the first span, with its record.
fn handle_of(heap: &Heap, slot: usize) -> &'static Handle {
    let address = core::ptr::without_provenance_mut(heap.first + slot * SLOT_BYTES);
    let address = NonNull::new(address).expect("a slot");
    let make = |handle| Some(NonNull::from(Box::leak(Box::new(handle))));
    // SAFETY: an object of this heap, which lives as long as the model; the handle lives for ever.
    let handle = unsafe { heap.memory.handle(address, make) }.expect("one was made");
    // SAFETY: as above.
    unsafe { handle.as_ref() }
}

/// The slot of a weak pointer's target, if it can be upgraded.
fn upgrade(heap: &Heap, handle: &Handle) -> Option<usize> {
    let target = handle.target_settled(|home| heap.memory.settle(home))?;
    Some((target.addr().get() - heap.first) / SLOT_BYTES)
}

/// Weak pointers of a dead and of a living object are upgraded while the span is swept, by the upgrade itself or by
/// another thread, which runs destructors, and uses the slots again.
fn upgrades() {
    let heap = Heap::new();
    let [dead, alive] = [0, 1].map(|slot| handle_of(&heap, slot));
    heap.cycle(&[1, 2, 3]);
    let sweeper = {
        let heap = Arc::clone(&heap);
        thread::spawn(move || {
            heap.sweep();
            (heap.run_due(), heap.allocate())
        })
    };
    assert_eq!(upgrade(&heap, dead), None, "a dead object is upgraded");
    assert_eq!(upgrade(&heap, alive), Some(1));
    let (dropped, made) = sweeper.join().unwrap();
    assert_eq!([dead, alive].map(|handle| upgrade(&heap, handle)), [None, Some(1)]);
    heap.end(SLOTS as u64 + made, dropped);
}

#[test]
fn upgrades_against_sweep_and_reuse() {
    model(2, upgrades);
}

/// [249]
#[test]
fn an_upgrade_has_to_load_again() {
    fails_without("loading again", 2, upgrades);
}

#[test]
fn an_upgrade_has_to_settle() {
    fails_without("settling", 2, upgrades);
}

/// As above, but the whole span dies, and its descriptor may be used for another one before it is asked.
fn upgrades_in_a_span_that_is_given_up() {
    let heap = Heap::new();
    let dead = handle_of(&heap, 0);
    heap.cycle(&[]);
    let sweeper = {
        let heap = Arc::clone(&heap);
        thread::spawn(move || {
            heap.sweep();
            (heap.run_due(), heap.allocate())
        })
    };
    assert_eq!(upgrade(&heap, dead), None, "a dead object is upgraded");
    let (dropped, made) = sweeper.join().unwrap();
    heap.end(SLOTS as u64 + made, dropped);
}

#[test]
fn upgrades_against_giving_up_a_span() {
    model(2, upgrades_in_a_span_that_is_given_up);
}
