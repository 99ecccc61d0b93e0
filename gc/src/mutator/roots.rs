//! Root slots: edges from outside the heap.
//!
//! A slot is a pointer and a count, in chunks of one page that start with a header, so that a slot leads to
//! its table by arithmetic. A new slot is born only inside a mutation, hence never during a snapshot; a
//! clone only raises the count of its slot, and so never adds an edge that a snapshot could miss. A drop may
//! happen at any time.
//!
//! Each slot in use counts as an owner of the table, so slots outlive a heap that is closed while roots exist.

use core::ptr::{NonNull, null_mut};
use std::alloc::{Layout, alloc, dealloc, handle_alloc_error};

use super::heap_core::HeapId;
use crate::sync::{Arc, AtomicPtr, AtomicUsize, Mutex, Ordering, Rank};

const CHUNK_BYTES: usize = 4096;
const CHUNK_LAYOUT: Layout = match Layout::from_size_align(CHUNK_BYTES, CHUNK_BYTES) {
    Ok(layout) => layout,
    Err(_) => unreachable!(),
};
const SLOTS_PER_CHUNK: usize = (CHUNK_BYTES - size_of::<ChunkHeader>()) / size_of::<RootSlot>();

/// A pointer to an object, shared by all clones of a root.
#[derive(Debug)]
#[repr(C)]
pub(crate) struct RootSlot {
    /// Address of the target; null in a free slot.
    target: AtomicPtr<u8>,
    /// Clones; zero in a free slot.
    count: AtomicUsize,
}

#[repr(C, align(16))]
struct ChunkHeader {
    table: *const RootTable,
}

#[repr(C)]
struct Chunk {
    header: ChunkHeader,
    slots: [RootSlot; SLOTS_PER_CHUNK],
}
const _: () = assert!(size_of::<Chunk>() <= CHUNK_BYTES);

#[derive(Debug, Default)]
struct Slots {
    chunks: Vec<NonNull<Chunk>>,
    free: Vec<NonNull<RootSlot>>,
}

impl core::fmt::Debug for Chunk {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Chunk")
    }
}

// SAFETY: chunks belong to the table; slots are atomics.
unsafe impl Send for Slots {}

/// The root slots of a heap.
#[derive(Debug)]
pub(crate) struct RootTable {
    heap: HeapId,
    name: Option<String>,
    slots: Mutex<Slots>,
}

impl RootTable {
    pub(super) fn new(heap: HeapId, name: Option<String>) -> Arc<Self> {
        Arc::new(Self { heap, name, slots: Mutex::new(Rank::Roots, Slots::default()) })
    }

    pub(crate) fn heap(&self) -> HeapId {
        self.heap
    }

    /// The heap's name in messages.
    pub(crate) fn describe(&self) -> String {
        match &self.name {
            Some(name) => format!("heap {} \"{name}\"", self.heap.number()),
            None => format!("heap {}", self.heap.number()),
        }
    }

    /// Slots in use.
    pub(crate) fn len(&self) -> usize {
        let slots = self.slots.lock();
        slots.chunks.len() * SLOTS_PER_CHUNK - slots.free.len()
    }

    /// Takes a slot for one root of `target`. To be called inside a mutation only: see the module.
    pub(crate) fn insert(self: &Arc<Self>, target: NonNull<u8>) -> NonNull<RootSlot> {
        let mut slots = self.slots.lock();
        if slots.free.is_empty() {
            self.add_chunk(&mut slots);
        }
        let slot = slots.free.pop().expect("a chunk has slots");
        // SAFETY: slots live as long as the table.
        let fresh = unsafe { slot.as_ref() };
        fresh.target.store(target.as_ptr(), Ordering::Relaxed);
        // Release: pairs with the acquire of the count in `targets`; the lock orders as well.
        fresh.count.store(1, Ordering::Release);
        drop(slots);
        // The slot's own share of the table, given up in `RootSlot::drop_clone`.
        let _ = Arc::into_raw(Arc::clone(self));
        slot
    }

    fn add_chunk(self: &Arc<Self>, slots: &mut Slots) {
        // SAFETY: the layout is not empty.
        let chunk = unsafe { alloc(CHUNK_LAYOUT) }.cast::<Chunk>();
        let Some(chunk) = NonNull::new(chunk) else { handle_alloc_error(CHUNK_LAYOUT) };
        // Root handles carry the provenance of their target and reach the slot by its address.
        chunk.expose_provenance();
        let empty = || RootSlot { target: AtomicPtr::new(null_mut()), count: AtomicUsize::new(0) };
        // Not from `&self`, which may reach the table only: the slots' shares of it are counted beside it.
        let header = ChunkHeader { table: Arc::as_ptr(self) };
        // SAFETY: the chunk is ours and large enough.
        unsafe { chunk.write(Chunk { header, slots: core::array::from_fn(|_| empty()) }) };
        // SAFETY: in bounds of the chunk.
        let first = unsafe { chunk.byte_add(core::mem::offset_of!(Chunk, slots)) }.cast::<RootSlot>();
        // SAFETY: in bounds of the chunk.
        slots.free.extend((0..SLOTS_PER_CHUNK).rev().map(|index| unsafe { first.add(index) }));
        slots.chunks.push(chunk);
    }

    /// Targets of all slots in use.
    pub(crate) fn targets(&self, mut each: impl FnMut(*const u8)) {
        let slots = self.slots.lock();
        for chunk in &slots.chunks {
            // SAFETY: chunks live as long as the table.
            for slot in unsafe { &chunk.as_ref().slots } {
                // Acquire: pairs with the release in `insert`.
                if slot.count.load(Ordering::Acquire) > 0 {
                    each(slot.target.load(Ordering::Relaxed));
                }
            }
        }
    }
}

impl Drop for RootTable {
    fn drop(&mut self) {
        for chunk in self.slots.lock().chunks.drain(..) {
            // SAFETY: allocated with this layout; no slot is in use, as each would own the table.
            unsafe { dealloc(chunk.as_ptr().cast(), CHUNK_LAYOUT) };
        }
    }
}

impl RootSlot {
    /// The slot at an address that was a slot's.
    ///
    /// # Safety
    ///
    /// A root that owns a count of the slot exists for `'a`.
    pub(crate) unsafe fn at<'a>(address: usize) -> &'a Self {
        // SAFETY: the chunk's provenance was exposed and the slot is alive.
        unsafe { &*core::ptr::with_exposed_provenance(address) }
    }

    /// The table of the slot.
    pub(crate) fn table(&self) -> &RootTable {
        // SAFETY: the slot's own share of the table keeps it as long as a root has the slot.
        unsafe { &*self.table_ptr() }
    }

    fn table_ptr(&self) -> *const RootTable {
        let chunk = core::ptr::from_ref(self).addr() & !(CHUNK_BYTES - 1);
        // SAFETY: a slot lies in a chunk, whose provenance was exposed.
        let header = unsafe { &*core::ptr::with_exposed_provenance::<ChunkHeader>(chunk) };
        header.table
    }

    /// Address of the target.
    pub(crate) fn target(&self) -> *mut u8 {
        // Relaxed: fixed while the caller's count exists.
        self.target.load(Ordering::Relaxed)
    }

    /// Counts one more root.
    pub(crate) fn add_clone(&self) {
        // Relaxed: the caller's own count keeps the slot.
        let before = self.count.fetch_add(1, Ordering::Relaxed);
        assert!(before < isize::MAX.cast_unsigned(), "a root can be cloned 2^63 times");
    }

    /// Counts one root less and frees the slot after the last.
    ///
    /// # Safety
    ///
    /// The caller owns a count, which it gives up.
    pub(crate) unsafe fn drop_clone(&self) {
        // Acquire: pairs with the release of other clones' drops: what was done through them is done.
        if self.count.load(Ordering::Acquire) != 1 {
            // Release: pairs with the acquire above in the last drop.
            if self.count.fetch_sub(1, Ordering::Release) != 1 {
                return;
            }
            core::sync::atomic::fence(Ordering::Acquire);
        }
        // A sole owner: nobody else can raise or lower the count.
        let table = self.table_ptr();
        {
            // SAFETY: the slot's own share keeps the table.
            let mut slots = unsafe { &*table }.slots.lock();
            self.count.store(0, Ordering::Relaxed);
            self.target.store(null_mut(), Ordering::Relaxed);
            slots.free.push(NonNull::from(self));
        }
        // SAFETY: the share that `insert` took for this slot.
        drop(unsafe { Arc::from_raw(table) });
    }
}

// SAFETY: the table is reached through atomics and a lock.
unsafe impl Sync for RootTable {}
// SAFETY: as above.
unsafe impl Send for RootTable {}
