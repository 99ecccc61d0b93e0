//! A worker: what one thread needs to mark.
//!
//! Objects that are marked and not scanned lie on a stack. Between the stack and the scan is a ring: an object that
//! leaves the stack is prefetched and enters the ring, and the one that entered it longest ago, whose cache line has
//! arrived meanwhile, is scanned. So memory is waited for with as many requests under way as the ring has places,
//! which is worth a factor of two to three where the heap is larger than the caches. A stack alone would take back
//! the object that it has just been given, a queue alone would grow with the width of the graph.
//!
//! Marking is compiled twice: for a worker that is alone, without locked instructions, and for one among many.

use super::prefetch::prefetch;
use super::session::{Packet, Session};
use crate::layout::{ADDRESS_BITS, ADDRESS_MASK, FIRST_EDGE_ADDRESS, WORD_BYTES, edge_of, load_word};
use crate::memory::{AddressMap, Bitmap, Slot};
use crate::special::Kept;
use crate::sync::Ordering;
use crate::trace::{Deferred, Tracer};

/// Places of the ring: a power of two. More requests than a core can have under way are of no use.
const RING_PLACES: usize = 16;

/// Objects that a worker scans between two looks at what others need.
const STEPS: u64 = 64;

/// Objects of a packet that is given away because the stack is deep. Few in debug builds, so that packets are many.
const PACKET_OBJECTS: usize = if cfg!(any(debug_assertions, gc_zeal)) { 16 } else { 512 };

/// What was marked.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Marked {
    pub(crate) objects: u64,
    /// Bytes of their slots.
    pub(crate) bytes: u64,
    /// Bytes that those own elsewhere which may own more or less at the next cycle.
    pub(crate) owned: u64,
}

impl Marked {
    pub(super) fn add(&mut self, other: Self) {
        self.objects += other.objects;
        self.bytes += other.bytes;
        self.owned = self.owned.saturating_add(other.owned);
    }
}

/// An object that was just marked, and the number of its class.
#[derive(Clone, Copy, Debug)]
struct Shaded {
    object: *const u8,
    class: usize,
}

impl Shaded {
    #[inline(always)]
    fn new(slot: Slot) -> Self {
        Self { object: slot.start(), class: slot.entry.class() }
    }
}

/// An object that is marked and not scanned: its address, and above it the number of its class, which saves a look
/// at its page. A number that does not fit is replaced by [`Grey::UNKNOWN`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Grey(usize);

impl Grey {
    const UNKNOWN: usize = usize::MAX >> ADDRESS_BITS;

    #[inline(always)]
    fn new(shaded: Shaded) -> Self {
        Self(shaded.class.min(Self::UNKNOWN) << ADDRESS_BITS | shaded.object.addr())
    }

    #[inline(always)]
    fn object(self) -> *const u8 {
        // Arenas, from which it was, have exposed their provenance.
        core::ptr::with_exposed_provenance(self.0 & ADDRESS_MASK)
    }

    /// The object with its class.
    ///
    /// # Safety
    ///
    /// The object is of the heap that the map is of, and the map is still right.
    #[inline(always)]
    unsafe fn shaded(self, map: &AddressMap) -> Shaded {
        let object = self.object();
        let class = match self.0 >> ADDRESS_BITS {
            // SAFETY: the caller's duty.
            Self::UNKNOWN => unsafe { map.slot_of(object) }.entry.class(),
            class => class,
        };
        Shaded { object, class }
    }
}

/// What an edge into the middle of an object leads to. A function, so that the compiler keeps the branch.
#[cold]
#[inline(never)]
fn interior(start: *const u8) -> *const u8 {
    start
}

/// Objects whose cache lines are on their way, in the order in which they were asked for.
#[derive(Debug)]
struct Ring {
    places: [Grey; RING_PLACES],
    /// Objects that were taken out since the beginning.
    taken: usize,
    len: usize,
}

impl Ring {
    const fn new() -> Self {
        Self { places: [Grey(0); RING_PLACES], taken: 0, len: 0 }
    }

    /// Puts one in; there must be room.
    #[inline(always)]
    fn push(&mut self, grey: Grey) {
        debug_assert!(self.len < RING_PLACES);
        self.places[(self.taken + self.len) % RING_PLACES] = grey;
        self.len += 1;
    }

    /// Takes out the oldest; there must be one.
    #[inline(always)]
    fn pop(&mut self) -> Grey {
        debug_assert!(self.len > 0);
        let grey = self.places[self.taken % RING_PLACES];
        self.taken = self.taken.wrapping_add(1);
        self.len -= 1;
        grey
    }

    /// Takes out the oldest of a full ring and puts another one in.
    #[inline(always)]
    fn exchange(&mut self, grey: Grey) -> Grey {
        debug_assert_eq!(self.len, RING_PLACES);
        let place = &mut self.places[self.taken % RING_PLACES];
        self.taken = self.taken.wrapping_add(1);
        core::mem::replace(place, grey)
    }
}

/// One thread's part in marking.
#[derive(Debug)]
pub(super) struct Worker {
    /// Objects that are marked and neither scanned nor in the ring.
    grey: Vec<Grey>,
    ring: Ring,
    tracer: Tracer,
    pub(super) marked: Marked,
}

// SAFETY: addresses that belong to no thread.
unsafe impl Send for Worker {}

impl Worker {
    pub(super) const fn new() -> Self {
        Self {
            grey: Vec::new(),
            ring: Ring::new(),
            tracer: Tracer::new(),
            marked: Marked { objects: 0, bytes: 0, owned: 0 },
        }
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
            while !unsafe { self.drain::<false>(map, STEPS) } {
                if self.marked.objects >= most_marked {
                    return false;
                }
            }
            // SAFETY: roots are edges; the caller's duty.
            if !session.take_roots(&mut |kept| unsafe { self.keep::<false>(map, kept) }) {
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
            while !unsafe { self.drain::<true>(map, STEPS) } {
                if session.has_failed() {
                    return;
                }
                self.share(session);
            }
            // SAFETY: roots are edges; the caller's duty.
            if session.take_roots(&mut |kept| unsafe { self.keep::<true>(map, kept) }) {
                continue;
            }
            let Some(packet) = session.take() else { return };
            self.grey.extend(packet.grey);
            self.tracer.deferred.extend(packet.deferred);
        }
    }

    /// Gives work away if there is much, or somebody has none. The oldest objects are given: much hangs on them.
    fn share(&mut self, session: &Session) {
        while self.grey.len() >= 2 * PACKET_OBJECTS {
            // From the end, which moves nothing: in so deep a stack no part is small.
            let grey = self.grey.split_off(self.grey.len() - PACKET_OBJECTS);
            session.give(Packet { grey, deferred: Vec::new() });
        }
        if !session.is_hungry() {
            return;
        }
        let grey = self.grey.drain(..self.grey.len() / 2).collect();
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

    /// Turns all work that is left into grey objects.
    ///
    /// # Safety
    ///
    /// As for [`shade`](Self::shade), but for 1; nobody else marks.
    pub(super) unsafe fn settle(&mut self, map: &AddressMap) {
        while self.ring.len > 0 {
            self.grey.push(self.ring.pop());
        }
        while let Some(deferred) = self.tracer.deferred.pop() {
            // SAFETY: the caller's duties; the world has been stopped since the work was deferred.
            unsafe { self.resume::<false>(map, deferred) };
        }
        debug_assert!(self.has_only_grey());
    }

    /// Whether work is left in no other form than grey objects.
    pub(super) fn has_only_grey(&self) -> bool {
        self.ring.len == 0 && self.tracer.deferred.is_empty()
    }

    /// Whether nothing is left to do.
    pub(super) fn is_done(&self) -> bool {
        self.grey.is_empty() && self.has_only_grey()
    }

    /// Marks an object that is kept, or sees to it that what it refers to is marked.
    ///
    /// # Safety
    ///
    /// As for [`shade`](Self::shade); an object whose contents are kept is one.
    pub(super) unsafe fn keep<const SHARED: bool>(&mut self, map: &AddressMap, kept: Kept) {
        match kept {
            // SAFETY: the caller's duty.
            Kept::Object(address) => unsafe { self.shade::<SHARED>(map, address) },
            Kept::Contents(object) => {
                // SAFETY: the caller's duty.
                let slot = unsafe { map.slot_of(object) };
                // Scanned once more if it is marked, too; that does no harm. But what it owns is not counted twice.
                if !slot.entry.is_leaf() {
                    let owned = self.marked.owned;
                    // SAFETY: the caller's duty.
                    let last = unsafe { self.scan::<SHARED>(map, Shaded::new(slot)) };
                    self.grey.extend(last.map(Grey::new));
                    self.marked.owned = owned;
                }
            }
        }
    }

    /// Marks the object at or around an address, if it is one.
    ///
    /// # Safety
    ///
    /// 1. The address is an edge: null, a sentinel, or in an object of the heap that the map is of.
    /// 2. The world of the heap is stopped, and the map was made since.
    /// 3. Nobody else marks, or `SHARED` is true.
    #[inline(always)]
    pub(super) unsafe fn shade<const SHARED: bool>(&mut self, map: &AddressMap, address: *const u8) {
        if address.addr() >= FIRST_EDGE_ADDRESS
            // SAFETY: the caller's duties.
            && let Some(shaded) = unsafe { self.shade_object::<SHARED>(map, address) }
        {
            self.grey.push(Grey::new(shaded));
        }
    }

    /// Marks the object at or around an address, and returns it if it was not marked and is to be scanned.
    ///
    /// # Safety
    ///
    /// As for [`shade`](Self::shade); there is an object.
    #[inline(always)]
    unsafe fn shade_object<const SHARED: bool>(
        &mut self,
        map: &AddressMap,
        address: *const u8,
    ) -> Option<Shaded> {
        if cfg!(any(debug_assertions, gc_zeal)) && !map.owns(address) {
            crate::zeal::fault(&format!("an edge leads to {address:p}, out of the heap"));
        }
        // SAFETY: duties 1 and 2.
        let slot = unsafe { map.slot_of(address) };
        let word = slot.word(Bitmap::Marks);
        // Relaxed, all: a mark orders nothing. What objects contain was written before the world stopped, and lists
        // of grey objects change hands under a lock.
        let marks = word.load(Ordering::Relaxed);
        if marks & slot.bit() != 0 {
            return None;
        }
        if !SHARED {
            word.store(marks | slot.bit(), Ordering::Relaxed);
        } else if word.fetch_or(slot.bit(), Ordering::Relaxed) & slot.bit() != 0 {
            return None;
        }
        if cfg!(any(debug_assertions, gc_zeal)) {
            let allocs = slot.word(Bitmap::Allocs).load(Ordering::Relaxed);
            if allocs & slot.bit() == 0 {
                crate::zeal::fault(&format!("an edge leads to {address:p}, where no object is"));
            }
        }
        self.marked.objects += 1;
        self.marked.bytes += map.bytes_of(slot) as u64;
        if slot.entry.is_leaf() {
            return None;
        }
        let start = slot.start().cast_const();
        // Most edges lead to the start of an object. That is guessed, by a branch, so that nothing waits for the
        // product that `start` is: what the object holds is then read as soon as the edge to it is. (Exposed: the edge
        // may be that of a field at the start, whose provenance is less.)
        let guess = core::ptr::with_exposed_provenance(address.addr());
        let object = if start == guess { guess } else { interior(start) };
        Some(Shaded { object, class: slot.entry.class() })
    }

    /// Scans until nothing is left, or as many objects as `steps` says were scanned; whether nothing is left.
    ///
    /// # Safety
    ///
    /// As for [`shade`](Self::shade), but for 1.
    #[inline(never)]
    pub(super) unsafe fn drain<const SHARED: bool>(&mut self, map: &AddressMap, steps: u64) -> bool {
        let mut last = None;
        for _ in 0..steps {
            // SAFETY: grey objects are objects; the caller's duties.
            let shaded = match unsafe { self.next(map, last.take()) } {
                Some(shaded) => shaded,
                None => {
                    // Before the ring runs dry.
                    if let Some(deferred) = self.tracer.deferred.pop() {
                        // SAFETY: as above; the world has been stopped since the work was deferred.
                        unsafe { self.resume::<SHARED>(map, deferred) };
                        continue;
                    }
                    if self.ring.len == 0 {
                        return true;
                    }
                    // SAFETY: as above.
                    unsafe { self.ring.pop().shaded(map) }
                }
            };
            // SAFETY: as above.
            last = unsafe { self.scan::<SHARED>(map, shaded) };
        }
        self.grey.extend(last.map(Grey::new));
        false
    }

    /// What to scan next, if `last` was marked last and has not become grey yet. `None` if nothing is grey: what is left
    /// is in the ring or deferred.
    ///
    /// # Safety
    ///
    /// Grey objects are of the heap that the map is of, and the map is still right.
    #[inline(always)]
    unsafe fn next(&mut self, map: &AddressMap, last: Option<Shaded>) -> Option<Shaded> {
        if self.ring.len == RING_PLACES {
            let next = match last {
                Some(last) => {
                    prefetch(last.object);
                    self.ring.exchange(Grey::new(last))
                }
                None => {
                    let grey = self.grey.pop()?;
                    prefetch(grey.object());
                    self.ring.exchange(grey)
                }
            };
            // SAFETY: the caller's duty.
            return Some(unsafe { next.shaded(map) });
        }
        if self.ring.len == 0 && self.grey.is_empty() {
            // A list: there is nothing to do until the object arrives.
            return last;
        }
        self.grey.extend(last.map(Grey::new));
        // SAFETY: the caller's duty.
        Some(unsafe { self.fill_ring()?.shaded(map) })
    }

    /// Moves grey objects to the ring until it is full, and takes out the oldest; `None` if nothing was grey.
    #[inline(never)]
    fn fill_ring(&mut self) -> Option<Grey> {
        let mut next = self.grey.pop()?;
        loop {
            prefetch(next.object());
            if self.ring.len == RING_PLACES {
                return Some(self.ring.exchange(next));
            }
            self.ring.push(next);
            let Some(grey) = self.grey.pop() else { return Some(self.ring.pop()) };
            next = grey;
        }
    }

    /// Shades everything that an object points to; what was marked last is returned instead of becoming grey.
    ///
    /// # Safety
    ///
    /// As for [`shade`](Self::shade), but for 1.
    #[inline(always)]
    unsafe fn scan<const SHARED: bool>(&mut self, map: &AddressMap, shaded: Shaded) -> Option<Shaded> {
        let Shaded { object, class } = shaded;
        // SAFETY: the class is the object's.
        let scan = unsafe { map.scan_of(class) };
        let mut last = None;
        // SAFETY: the mask is that of the object's class; the caller's duties.
        unsafe { self.scan_words::<SHARED>(map, object, scan.first_words, &mut last) };
        for (group, &words) in scan.other_words.iter().enumerate() {
            let part = object.wrapping_add((group + 1) * 64 * WORD_BYTES);
            // SAFETY: as above.
            unsafe { self.scan_words::<SHARED>(map, part, words, &mut last) };
        }
        if let Some(tail) = scan.tail {
            // SAFETY: the object is a value of its class.
            unsafe { tail(object, &mut self.tracer) };
            // SAFETY: the caller's duties.
            unsafe { self.take_edges::<SHARED>(map) };
            if let Some(owned) = scan.owned {
                // SAFETY: as above; no thread is inside a mutation.
                self.marked.owned = self.marked.owned.saturating_add(unsafe { owned(object) } as u64);
            }
        }
        last
    }

    /// Does some of the work that was put off; the rest is put off again.
    ///
    /// # Safety
    ///
    /// As for [`shade`](Self::shade), but for 1. The object that owns the data has not changed since then.
    unsafe fn resume<const SHARED: bool>(&mut self, map: &AddressMap, deferred: Deferred) {
        // SAFETY: the caller's duty.
        unsafe { deferred.resume(&mut self.tracer) };
        // SAFETY: the caller's duties.
        unsafe { self.take_edges::<SHARED>(map) };
    }

    /// Shades what some of 64 words from `part` on point to.
    ///
    /// # Safety
    ///
    /// As for [`shade`](Self::shade); the words that `mask` names are masked words of an object.
    #[inline(always)]
    unsafe fn scan_words<const SHARED: bool>(
        &mut self,
        map: &AddressMap,
        part: *const u8,
        mask: u64,
        last: &mut Option<Shaded>,
    ) {
        let mut left = mask;
        while left != 0 {
            let index = left.trailing_zeros() as usize;
            left &= left - 1;
            // SAFETY: the word lies in the object and is initialized (duty 2 of `Trace`).
            let word = unsafe { load_word(part.wrapping_add(index * WORD_BYTES)) };
            if let Some(address) = edge_of(word)
                // SAFETY: masked words hold edges; the caller's duties.
                && let Some(shaded) = unsafe { self.shade_object::<SHARED>(map, address) }
                && let Some(before) = last.replace(shaded)
            {
                self.grey.push(Grey::new(before));
            }
        }
    }

    /// Shades what a trace function has reported.
    ///
    /// # Safety
    ///
    /// As for [`shade`](Self::shade), but for 1.
    unsafe fn take_edges<const SHARED: bool>(&mut self, map: &AddressMap) {
        while let Some(address) = self.tracer.edges.pop() {
            // SAFETY: trace functions report edges (duty 1 of `Trace`); the caller's duties.
            unsafe { self.shade::<SHARED>(map, address) };
        }
    }
}
