//! Root slots: edges from outside the heap.
//!
//! 1. A new slot is born only inside a mutation, hence never during a snapshot; a clone only raises the count of
//!    its slot, and so never adds an edge that a snapshot could miss. A drop may happen at any time, on any
//!    thread.
//! 2. A mutator takes new slots from its own cache of free ones. When that is empty it takes a whole chunk's
//!    list of free slots, or a new chunk.
//! 3. The last drop of a root lists its slot in the chunk, with one exchange and no lock. Who is the first to
//!    list one since the table took the list tells the table, before it does so.
//!
//! How slots and chunks live and die: [`chunk`].

mod chunk;

pub(crate) use chunk::{FreeSlots, RootSlot};

use core::ptr::NonNull;

use super::heap_core::HeapId;
use crate::sync::{Arc, AtomicPtr, Mutex, Ordering, Rank};
use chunk::Chunk;

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
}

impl RootTable {
    pub(super) fn new(heap: HeapId, name: Option<String>) -> Arc<Self> {
        let chunks = Mutex::new(Rank::Roots, Chunks::default());
        Arc::new(Self { heap, name, chunks, dirty: AtomicPtr::default() })
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
            // Release: pairs with the acquire in `refill`: the link is seen.
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
        for chunk in &self.chunks.lock().0 {
            // SAFETY: chunks of an open table are alive.
            unsafe { chunk.as_ref() }.targets().for_each(&mut each);
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

// SAFETY: the table is reached through atomics and a lock.
unsafe impl Sync for RootTable {}
// SAFETY: as above.
unsafe impl Send for RootTable {}
