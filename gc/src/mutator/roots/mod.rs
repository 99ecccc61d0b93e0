//! Root slots: edges from outside the heap.
//!
//! 1. A new slot is born only inside a mutation, hence never during a snapshot; a clone only raises the count of
//!    its slot, and so never adds an edge that a snapshot could miss. What a slot leads to is changed inside a mutation
//!    only, and with the barrier of cells. A drop may happen at any time, on any thread.
//! 2. A mutator takes new slots from its own cache of free ones. When that is empty it takes a whole chunk's
//!    list of free slots, or a new chunk.
//! 3. The last drop of a root lists its slot in the chunk, with one exchange and no lock. Who is the first to
//!    list one since the table took the list tells the table, before it does so.
//!
//! Where a root was made is noted beside the table, by its slot, if the heap is to know. Then a mutator never has a free slot
//! at hand, so that every new root goes the slow way, which notes it: nothing is asked on the other.
//!
//! How slots and chunks live and die: [`chunk`].

mod chunk;
#[cfg(all(test, loom))]
mod tests_loom;

pub(crate) use chunk::{FreeSlots, RootSlot};

use core::panic::Location;
use core::ptr::NonNull;
use std::collections::HashMap;
use std::time::{Duration, Instant};

use super::heap_core::HeapId;
use crate::marking::Roots;
use crate::special::Kept;
use crate::sync::{Arc, AtomicPtr, Mutex, Ordering, Rank};
use chunk::Chunk;

/// Chunks that are visited at once.
const SHARD_CHUNKS: usize = 16;

/// All chunks of a heap that is open.
#[derive(Debug, Default)]
struct Chunks(Vec<NonNull<Chunk>>);

// SAFETY: chunks belong to the table, and their parts are atomic.
unsafe impl Send for Chunks {}

/// The root slots of a heap.
#[derive(Debug)]
pub(crate) struct RootTable {
    heap: HeapId,
    name: Option<String>,
    chunks: Mutex<Chunks>,
    /// A stack of dirty chunks: they have listed slots, or will soon. Chunks are pushed by whoever makes them
    /// dirty, and taken all at once, under the lock.
    dirty: AtomicPtr<Chunk>,
    /// Where the roots of slots were made, by the addresses of the slots: of slots in use, and of some that were.
    places: Mutex<HashMap<usize, &'static Location<'static>>>,
}

/// A slot in use.
#[derive(Clone, Copy, Debug)]
pub(crate) struct UsedSlot {
    /// Its address.
    pub(crate) slot: usize,
    pub(crate) target: *const u8,
    /// Where the first of its roots was made, if that was noted.
    pub(crate) made: Option<&'static Location<'static>>,
}

impl RootTable {
    pub(super) fn new(heap: HeapId, name: Option<String>) -> Arc<Self> {
        let chunks = Mutex::new(Rank::Roots, Chunks::default());
        let places = Mutex::new(Rank::RootPlaces, HashMap::new());
        Arc::new(Self { heap, name, chunks, dirty: AtomicPtr::default(), places })
    }

    /// The heap's name in messages.
    pub(crate) fn describe(&self) -> String {
        match &self.name {
            Some(name) => format!("heap {} \"{name}\"", self.heap.number()),
            None => format!("heap {}", self.heap.number()),
        }
    }

    /// Slots in use, counted.
    pub(crate) fn len(&self) -> usize {
        let mut n = 0;
        self.targets(|_| n += 1);
        n
    }

    /// Free slots for a mutator whose cache is empty: at least one.
    #[cold]
    pub(super) fn refill(self: &Arc<Self>) -> FreeSlots {
        let mut chunks = self.chunks.lock();
        while let Some(chunk) = self.pop_dirty() {
            let slots = chunk.take_listed();
            if !slots.is_empty() {
                return slots;
            }
        }
        let (chunk, slots) = Chunk::allocate(self);
        chunks.0.push(chunk);
        slots
    }

    /// Takes a dirty chunk. Only under the lock: with one taker no chunk can come back between the two steps.
    fn pop_dirty(&self) -> Option<&Chunk> {
        // Acquire: pairs with the release in `note_dirty`.
        let mut top = self.dirty.load(Ordering::Acquire);
        loop {
            // SAFETY: chunks of an open table are alive.
            let chunk = unsafe { top.as_ref() }?;
            let next = chunk.next_dirty().load(Ordering::Relaxed);
            match self.dirty.compare_exchange_weak(top, next, Ordering::Acquire, Ordering::Acquire) {
                Ok(_) => return Some(chunk),
                Err(now) => top = now,
            }
        }
    }

    /// Notes a chunk, by whoever made it dirty.
    fn note_dirty(&self, link: &AtomicPtr<Chunk>, chunk: *const Chunk) {
        let mut top = self.dirty.load(Ordering::Relaxed);
        loop {
            link.store(top, Ordering::Relaxed);
            // Release: pairs with the acquire in `pop_dirty`: the link is seen.
            let pushed =
                self.dirty.compare_exchange_weak(top, chunk.cast_mut(), Ordering::Release, Ordering::Relaxed);
            match pushed {
                Ok(_) => return,
                Err(now) => top = now,
            }
        }
    }

    /// Targets of all slots in use.
    pub(crate) fn targets(&self, mut each: impl FnMut(*const u8)) {
        let mut each = |kept| match kept {
            Kept::Object(target) => each(target),
            Kept::Contents(_) => unreachable!("a root keeps its target"),
        };
        (0..self.n_shards()).for_each(|shard| self.visit(shard, &mut each));
    }

    /// Notes where the root is made that is about to get the slot.
    pub(super) fn note_place(&self, slot: &RootSlot, made: &'static Location<'static>) {
        self.places.lock().insert(core::ptr::from_ref(slot).addr(), made);
    }

    /// All slots in use. Roots may be dropped meanwhile.
    pub(crate) fn used(&self) -> Vec<UsedSlot> {
        let (chunks, places) = (self.chunks.lock(), self.places.lock());
        // SAFETY: chunks of an open table are alive.
        let slots = chunks.0.iter().flat_map(|chunk| unsafe { chunk.as_ref() }.used());
        let with_place = |(slot, target): (&RootSlot, _)| {
            let slot = core::ptr::from_ref(slot).addr();
            UsedSlot { slot, target, made: places.get(&slot).copied() }
        };
        slots.map(with_place).collect()
    }

    /// Asserts the invariants of chunks, with all that mutators have cached. No mutator takes a slot meanwhile, but
    /// roots may be dropped.
    pub(super) fn check(&self, caches: &[&FreeSlots]) {
        // A slot is in no list for the moment between the last root's end and being listed.
        const PATIENCE: Duration = Duration::from_secs(10);
        let chunks = self.chunks.lock();
        // SAFETY: chunks of an open table are alive.
        let lost = || chunks.0.iter().map(|chunk| unsafe { chunk.as_ref() }.check(caches)).sum::<usize>();
        let started = Instant::now();
        while lost() > 0 {
            assert!(started.elapsed() < PATIENCE, "root invariant 2: slots are lost");
            std::thread::yield_now();
        }
    }

    /// The heap is closed: chunks live on as long as roots in them do.
    pub(crate) fn close(&self) {
        for chunk in core::mem::take(&mut self.chunks.lock().0) {
            // SAFETY: taken out of the table, so called once.
            unsafe { Chunk::close(chunk.as_ptr()) };
        }
    }
}

impl Roots for RootTable {
    fn n_shards(&self) -> usize {
        self.chunks.lock().0.len().div_ceil(SHARD_CHUNKS)
    }

    fn visit(&self, shard: usize, each: &mut dyn FnMut(Kept)) {
        let first = shard * SHARD_CHUNKS;
        let chunks: Vec<_> = self.chunks.lock().0.iter().skip(first).take(SHARD_CHUNKS).copied().collect();
        for chunk in chunks {
            // SAFETY: chunks of an open table are alive, and the caller keeps it open.
            unsafe { chunk.as_ref() }.targets().map(Kept::Object).for_each(&mut *each);
        }
    }
}

// SAFETY: the table is reached through atomics and a lock.
unsafe impl Sync for RootTable {}
// SAFETY: as above.
unsafe impl Send for RootTable {}

#[cfg(all(test, not(loom)))]
mod tests {
    use core::ptr::NonNull;

    use super::chunk::SLOTS;
    use super::{HeapId, RootTable};
    use crate::sync::Arc;

    /// A slot in use, as a root has it.
    fn root(slot: &'static super::RootSlot) -> &'static super::RootSlot {
        slot.occupy(NonNull::dangling());
        slot
    }

    #[test]
    fn slots_are_in_use_listed_or_cached() {
        let table = RootTable::new(HeapId::next(), None);
        let mut cache = table.refill();
        table.check(&[&cache]);
        let roots: Vec<_> = (0..SLOTS / 2).map(|_| root(cache.pop().unwrap())).collect();
        table.check(&[&cache]);
        assert_eq!(table.len(), roots.len());
        for (n, slot) in roots.iter().enumerate() {
            slot.add_clone();
            for _ in 0..2 {
                // SAFETY: each of the two counts is given up once.
                unsafe { slot.drop_clone() };
                table.check(&[&cache]);
            }
            assert_eq!(table.len(), roots.len() - n - 1);
        }
        // What was listed comes before a new chunk.
        let mut other = table.refill();
        assert_eq!((other.peek().len(), table.chunks.lock().0.len()), (roots.len(), 1));
        table.check(&[&other, &cache]);
        cache.give_back();
        other.give_back();
        table.check(&[]);
        table.close();
        assert_eq!(Arc::strong_count(&table), 1, "the chunk is freed");
    }

    #[test]
    fn a_chunk_of_a_closed_table_ends_with_its_last_root() {
        let table = RootTable::new(HeapId::next(), None);
        let mut cache = table.refill();
        let (first, last) = (root(cache.pop().unwrap()), root(cache.pop().unwrap()));
        table.close();
        assert_eq!(Arc::strong_count(&table), 2, "the chunk has a share of the table");
        // SAFETY: the only count.
        unsafe { first.drop_clone() };
        cache.give_back();
        assert_eq!(Arc::strong_count(&table), 2, "one slot is in use");
        // SAFETY: the only count.
        unsafe { last.drop_clone() };
        assert_eq!(Arc::strong_count(&table), 1, "the chunk is freed");
    }
}
