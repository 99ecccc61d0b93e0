//! A worker: what one thread needs to mark.
//!
//! Objects that are marked and not scanned lie on a stack. Between the stack and the scan is a [ring](super::ring) of those
//! whose cache lines are on their way. What a long slice leads to [bypasses](super::slices) both.
//!
//! Marking is compiled for each [`Mode`]: for a worker that is alone, without locked instructions, for one among many, and
//! for one that looks up what values wait for.

use super::look_ahead::LookAhead;
use super::mode::{Alone, Keyed, Mode, Shared};
use super::prefetch::{prefetch, prefetch_marks};
use super::ring::Ring;
use super::session::{Packet, Session};
use super::shades::{Grey, Shaded, Shades, Shading};
use crate::layout::WORD_BYTES;
use crate::memory::{AddressMap, Bitmap, Scan};
use crate::special::Kept;
use crate::sync::Ordering;
use crate::trace::{Conditional, Deferred, ElementEdges, Range, Tracer};

/// Objects that a worker scans between two looks at what others need.
const STEPS: u64 = 64;

/// Objects of a packet that is given away because the stack is deep. Few in debug builds, so that packets are many.
const PACKET_OBJECTS: usize = if cfg!(any(debug_assertions, gc_zeal)) { 16 } else { 512 };

/// What to scan next.
enum Next {
    /// The only object that is known of: it has just been found in the one before.
    Link(Shaded),
    Grey(Grey),
    /// Nothing is grey: what is left is in the ring or deferred.
    None,
}

/// One thread's part in marking.
#[derive(Debug)]
pub(super) struct Worker {
    /// What is marked; grey are objects that are neither scanned nor in the ring.
    pub(super) shades: Shades,
    ring: Ring,
    pub(super) look_ahead: LookAhead,
    pub(super) tracer: Tracer,
}

// SAFETY: addresses that belong to no thread.
unsafe impl Send for Worker {}

impl Worker {
    pub(super) fn new() -> Self {
        Self { shades: Shades::new(), ring: Ring::new(), look_ahead: LookAhead::new(), tracer: Tracer::new() }
    }

    /// Marks until nothing is left, roots included, or as many objects as `most_marked` says are marked; whether
    /// nothing is left.
    ///
    /// # Safety
    ///
    /// The world of the heap is stopped, the session's map was made since, and there is no other worker.
    pub(super) unsafe fn work_alone(&mut self, session: &Session, most_marked: u64) -> bool {
        let map = &session.map;
        loop {
            // SAFETY: the caller's duty.
            while !unsafe { self.drain_batch::<Alone>(map) } {
                if self.shades.marked.objects >= most_marked {
                    return false;
                }
            }
            // SAFETY: roots are edges; the caller's duty.
            if !session.take_roots(&mut |kept| unsafe { self.keep::<Alone>(map, kept) }) {
                return true;
            }
        }
    }

    /// Marks as one of several workers, until the session is over.
    ///
    /// # Safety
    ///
    /// The world of the heap is stopped, and the session's map was made since.
    pub(super) unsafe fn work(&mut self, session: &Session) {
        let map = &session.map;
        loop {
            // SAFETY: the caller's duty; the other workers share, too.
            while !unsafe { self.drain_batch::<Shared>(map) } {
                if session.has_failed() {
                    return;
                }
                self.share(session);
            }
            // SAFETY: roots are edges; the caller's duty.
            if session.take_roots(&mut |kept| unsafe { self.keep::<Shared>(map, kept) }) {
                continue;
            }
            let Some(packet) = session.take() else { return };
            self.shades.grey.extend(packet.grey);
            self.tracer.deferred.extend(packet.deferred);
        }
    }

    /// Gives work away if there is much, or somebody has none. Who has none is given the oldest objects: much hangs on them.
    fn share(&mut self, session: &Session) {
        while self.shades.grey.len() >= 2 * PACKET_OBJECTS {
            // From the end, which moves nothing: in so deep a stack no part is small.
            let grey = self.shades.grey.split_off(self.shades.grey.len() - PACKET_OBJECTS);
            session.give(Packet { grey, deferred: Vec::new() });
        }
        if !session.is_hungry() {
            return;
        }
        let grey = self.shades.grey.drain(..self.shades.grey.len() / 2).collect();
        let deferred = &mut self.tracer.deferred;
        let half = match deferred.as_mut_slice() {
            [only] => only.split().into_iter().collect(),
            _ => deferred.drain(..deferred.len() / 2).collect(),
        };
        let packet = Packet { grey, deferred: half };
        if !packet.is_empty() {
            session.give(packet);
        }
    }

    /// Values of which it is not decided whether they are to be traced.
    pub(super) fn n_conditional(&self) -> usize {
        self.tracer.conditional.len()
    }

    /// Decides about values as things are now: those whose keys are marked become work; how many. The others stay.
    ///
    /// # Safety
    ///
    /// Keys are objects of the heap that the map is of, the map is still right, and nobody marks.
    pub(super) unsafe fn decide(&mut self, map: &AddressMap) -> usize {
        let is_marked = |value: &mut Conditional| {
            // SAFETY: the caller's duty.
            let slot = unsafe { map.slot_of(value.key) };
            // Relaxed: see `shade_object`; other workers have handed over under a lock what they met.
            slot.word(Bitmap::Marks).load(Ordering::Relaxed) & slot.bit() != 0
        };
        let before = self.tracer.conditional.len();
        let due = self.tracer.conditional.extract_if(.., is_marked).map(Conditional::due);
        self.tracer.deferred.extend(due);
        before - self.tracer.conditional.len()
    }

    /// Has all values of which it is not decided wait for their keys, as far as these are not marked; whether there is
    /// work, because of them or of others that have waited.
    ///
    /// # Safety
    ///
    /// As for [`decide`](Self::decide). From now on marking is [`Keyed`].
    pub(super) unsafe fn decide_by_keys(&mut self, map: &AddressMap) -> bool {
        // SAFETY: the caller's duties.
        unsafe { self.decide(map) };
        for value in self.tracer.conditional.drain(..) {
            // SAFETY: as above.
            let object = unsafe { map.slot_of(value.key) }.start().addr();
            self.shades.waiting.add(object, value);
        }
        self.shades.waiting.take_due(&mut self.tracer.deferred);
        !self.tracer.deferred.is_empty()
    }

    /// Marks as many objects as `steps` says, or until nothing is left, values included that have waited for keys; whether
    /// nothing is left.
    ///
    /// # Safety
    ///
    /// As for [`shade`](Shades::shade), but for 1; nobody else marks, and all that was marked since values began to wait
    /// was marked by keys.
    pub(super) unsafe fn drain_by_keys(&mut self, map: &AddressMap, steps: u64) -> bool {
        for _ in 0..steps {
            // SAFETY: the caller's duties.
            if !unsafe { self.drain::<Keyed>(map, steps) } {
                return false;
            }
            // SAFETY: as above.
            if !unsafe { self.decide_by_keys(map) } {
                return true;
            }
        }
        false
    }

    /// Turns values that wait for keys into ones of which it is not decided: marking goes on without keys.
    pub(super) fn forget_keys(&mut self) {
        self.tracer.conditional.extend(self.shades.waiting.take_all());
        self.shades.waiting.take_due(&mut self.tracer.deferred);
    }

    /// Takes out the values of which it is not decided.
    pub(super) fn take_conditional(&mut self) -> Vec<Conditional> {
        core::mem::take(&mut self.tracer.conditional)
    }

    /// Takes over values of which it is not decided.
    pub(super) fn add_conditional(&mut self, mut values: Vec<Conditional>) {
        self.tracer.conditional.append(&mut values);
    }

    /// Turns all work that is left into grey objects, or does it. Values of which it is not decided stay: these lie in objects, and
    /// stay right while mutations run.
    ///
    /// # Safety
    ///
    /// As for [`shade`](Shades::shade), but for 1; nobody else marks, and marking is by keys.
    pub(super) unsafe fn settle(&mut self, map: &AddressMap) {
        while !self.ring.is_empty() {
            self.shades.grey.push(self.ring.pop());
        }
        while let Some(deferred) = self.tracer.deferred.pop() {
            // SAFETY: the caller's duties; the world has been stopped since the work was deferred.
            unsafe { self.resume::<Keyed>(map, deferred) };
        }
        debug_assert!(self.has_only_grey());
    }

    /// Whether work is left in no other form than grey objects.
    pub(super) fn has_only_grey(&self) -> bool {
        self.ring.is_empty() && self.tracer.deferred.is_empty()
    }

    /// Whether nothing is left to do.
    pub(super) fn is_done(&self) -> bool {
        let decided = self.tracer.conditional.is_empty() && self.shades.waiting.is_settled();
        self.shades.grey.is_empty() && self.has_only_grey() && decided
    }

    /// Marks an object that is kept, or sees to it that what it refers to is marked.
    ///
    /// # Safety
    ///
    /// As for [`shade`](Shades::shade); an object whose contents are kept is one.
    pub(super) unsafe fn keep<M: Mode>(&mut self, map: &AddressMap, kept: Kept) {
        match kept {
            // SAFETY: the caller's duty.
            Kept::Object(address) => unsafe { self.shades.shade::<M>(map, address) },
            Kept::Contents(object) => {
                // SAFETY: the caller's duty.
                let slot = unsafe { map.slot_of(object) };
                // Scanned once more if it is marked, too; that does no harm. But what it owns is not counted twice.
                if !slot.scan.is_leaf {
                    let owned = self.shades.marked.owned;
                    // SAFETY: the caller's duty.
                    let last = unsafe { self.scan::<M>(map, Shaded::new(slot.start(), slot)) };
                    self.shades.grey.extend(last.map(Grey::new));
                    self.shades.marked.owned = owned;
                }
            }
        }
    }

    /// Scans until nothing is left, or a batch of objects was scanned; whether nothing is left.
    ///
    /// # Safety
    ///
    /// As for [`shade`](Shades::shade), but for 1.
    unsafe fn drain_batch<M: Mode>(&mut self, map: &AddressMap) -> bool {
        self.look_ahead.begin_batch(map);
        // SAFETY: the caller's duties.
        unsafe { self.drain::<M>(map, STEPS) }
    }

    /// Scans until nothing is left, or as many objects as `steps` says were scanned; whether nothing is left.
    ///
    /// # Safety
    ///
    /// As for [`shade`](Shades::shade), but for 1.
    #[inline(never)]
    pub(super) unsafe fn drain<M: Mode>(&mut self, map: &AddressMap, steps: u64) -> bool {
        let (mut last, mut left) = (None, steps);
        while left > 0 {
            left -= 1;
            // SAFETY: the caller's duties.
            let next = match unsafe { self.next(map, last.take()) } {
                Next::Link(link) => {
                    // SAFETY: the object was just shaded; the caller's duties.
                    last = unsafe { self.follow::<M>(map, link, &mut left) };
                    continue;
                }
                Next::Grey(grey) => grey,
                Next::None => {
                    // Before the ring runs dry.
                    if let Some(deferred) = self.tracer.deferred.pop() {
                        // SAFETY: the caller's duties; the world has been stopped since the work was deferred.
                        let scanned = unsafe { self.resume::<M>(map, deferred) };
                        left = left.saturating_sub(scanned);
                        continue;
                    }
                    if self.ring.is_empty() {
                        return true;
                    }
                    self.ring.pop()
                }
            };
            // SAFETY: grey objects are objects; the caller's duties.
            last = unsafe { self.scan::<M>(map, next.shaded()) };
        }
        self.shades.grey.extend(last.map(Grey::new));
        false
    }

    /// What to scan next, if `last` was marked last and has not become grey yet.
    ///
    /// # Safety
    ///
    /// As for [`shade`](Shades::shade), but for 1.
    #[inline(always)]
    unsafe fn next(&mut self, map: &AddressMap, last: Option<Shaded>) -> Next {
        if self.ring.is_full() {
            let Some(next) = last.map(Grey::new).or_else(|| self.shades.grey.pop()) else {
                return Next::None;
            };
            prefetch(next.object());
            if self.look_ahead.is_on() {
                // SAFETY: objects in the ring are of the heap; the caller's duties.
                unsafe { prefetch_marks(map, self.ring.halfway().shaded()) };
            }
            return Next::Grey(self.ring.exchange(next));
        }
        if self.ring.is_empty() && self.shades.grey.is_empty() {
            return last.map_or(Next::None, Next::Link);
        }
        self.shades.grey.extend(last.map(Grey::new));
        self.fill_ring().map_or(Next::None, Next::Grey)
    }

    /// Scans an object that is all that is known of, and what follows in a list of objects of its class, as long as each leads
    /// to one other; what was marked last is returned.
    ///
    /// There is nothing to do until an object arrives. But what to read of it is known, so nothing but its address is waited
    /// for: that it is of that class is a guess, made by a branch.
    ///
    /// # Safety
    ///
    /// As for [`scan`](Self::scan).
    #[inline(never)]
    unsafe fn follow<M: Mode>(&mut self, map: &AddressMap, first: Shaded, left: &mut u64) -> Option<Shaded> {
        // SAFETY: the caller's duties.
        let scan = unsafe { first.scan(map) };
        let (mask, mut object) = (scan.first_words, first.object());
        loop {
            let mut last = None;
            // SAFETY: the mask is that of the object's class; the caller's duties.
            unsafe { self.shades.scan_words::<M>(map, object, mask, &mut last) };
            if scan.has_more {
                // SAFETY: as above.
                unsafe { self.scan_more::<M>(map, object, scan, &mut last) };
                return last;
            }
            let next = last?;
            if !(next.is_of_class_of(first) && self.shades.grey.is_empty() && *left > 0) {
                return last;
            }
            *left -= 1;
            object = next.object();
        }
    }

    /// Moves grey objects to the ring until it is full, and takes out the oldest; `None` if nothing was grey.
    #[inline(never)]
    fn fill_ring(&mut self) -> Option<Grey> {
        let mut next = self.shades.grey.pop()?;
        loop {
            prefetch(next.object());
            if self.ring.is_full() {
                return Some(self.ring.exchange(next));
            }
            self.ring.push(next);
            let Some(grey) = self.shades.grey.pop() else { return Some(self.ring.pop()) };
            next = grey;
        }
    }

    /// Shades everything that an object points to; what was marked last is returned instead of becoming grey.
    ///
    /// # Safety
    ///
    /// As for [`shade`](Shades::shade), but for 1.
    #[inline(always)]
    unsafe fn scan<M: Mode>(&mut self, map: &AddressMap, shaded: Shaded) -> Option<Shaded> {
        let object = shaded.object();
        // SAFETY: the caller's duties.
        let scan = unsafe { shaded.scan(map) };
        let mut last = None;
        // SAFETY: the mask is that of the object's class; the caller's duties.
        unsafe { self.shades.scan_words::<M>(map, object, scan.first_words, &mut last) };
        if scan.has_more {
            // SAFETY: as above.
            unsafe { self.scan_more::<M>(map, object, scan, &mut last) };
        }
        last
    }

    /// Shades what an object points to beyond its first 64 words, and what only a trace function knows of.
    ///
    /// # Safety
    ///
    /// As for [`scan`](Self::scan); this is what there is to scan in the object.
    #[inline(always)]
    unsafe fn scan_more<M: Mode>(
        &mut self,
        map: &AddressMap,
        object: *const u8,
        scan: &Scan,
        last: &mut Option<Shaded>,
    ) {
        for (group, &words) in scan.other_words.iter().enumerate() {
            let part = object.wrapping_add((group + 1) * 64 * WORD_BYTES);
            // SAFETY: the mask is that of the object's class; the caller's duties.
            unsafe { self.shades.scan_words::<M>(map, part, words, last) };
        }
        if let Some(tail) = scan.tail {
            // SAFETY: the caller's duties; trace functions report edges (duty 1 of `Trace`).
            let mut shading = unsafe { Shading::<M>::new(&mut self.shades, map) };
            // SAFETY: the object is a value of its class.
            self.tracer.pour(&mut shading, |tracer| unsafe { tail(object, tracer) });
            if let Some(owned) = scan.owned {
                // SAFETY: as above; no thread is inside a mutation.
                self.shades.marked.owned =
                    self.shades.marked.owned.saturating_add(unsafe { owned(object) } as u64);
            }
        }
    }

    /// Does some of the work that was put off; the rest is put off again. How many objects were scanned.
    ///
    /// # Safety
    ///
    /// As for [`shade`](Shades::shade), but for 1. The object that owns the data has not changed since then.
    #[inline(never)]
    unsafe fn resume<M: Mode>(&mut self, map: &AddressMap, deferred: Deferred) -> u64 {
        match deferred {
            Deferred::Range(range @ Range { edges: ElementEdges::Words(words), .. }) => {
                // SAFETY: the caller's duties.
                unsafe { self.scan_elements::<M>(map, range, words) }
            }
            _ => {
                // SAFETY: the caller's duties; trace functions report edges (duty 1 of `Trace`).
                let mut shading = unsafe { Shading::<M>::new(&mut self.shades, map) };
                // SAFETY: the caller's duty.
                self.tracer.pour(&mut shading, |tracer| unsafe { deferred.resume(tracer) });
                0
            }
        }
    }
}
