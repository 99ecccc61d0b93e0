//! Root slots and the chunks that they lie in.
//!
//! A slot is a pointer and a count. It is *in use* from [`RootSlot::occupy`] to the last
//! [`RootSlot::drop_clone`], *listed* in its chunk's list of free slots after that, and *cached* after a mutator
//! took the list.
//!
//! # Invariants
//!
//! 1. A slot's count is not zero exactly while it is in use; then only `drop_clone` of the last root ends that.
//! 2. Every slot of a chunk is in use, listed, or in the cache of one mutator.
//! 3. A chunk whose table is closed is freed by whoever makes all its slots listed, or closes it then. So a
//!    root may outlive its heap, and the chunk is freed once.

use core::ptr::{NonNull, null_mut, without_provenance_mut};
use std::alloc::{Layout, alloc, handle_alloc_error};

use super::RootTable;
use crate::mutator::heap_core::HeapId;
use crate::sync::{Arc, AtomicPtr, AtomicU32, AtomicUsize, Ordering, dealloc, fence, is_left_out};

const CHUNK_BYTES: usize = 4096;
const LAYOUT: Layout = match Layout::from_size_align(CHUNK_BYTES, CHUNK_BYTES) {
    Ok(layout) => layout,
    Err(_) => unreachable!(),
};
/// Slots of a chunk: as many as it has room for, and few in a model.
pub(super) const SLOTS: usize =
    if cfg!(loom) { 3 } else { (CHUNK_BYTES - size_of::<Header>()) / size_of::<RootSlot>() };
const _: () = assert!(size_of::<Chunk>() <= CHUNK_BYTES && SLOTS < LISTED as usize);

/// A pointer to an object, shared by all clones of a root.
#[derive(Debug)]
#[repr(C)]
pub(crate) struct RootSlot {
    /// In use: address of the target. Listed or cached: index of the next free slot, plus one, as an address.
    target: AtomicPtr<u8>,
    /// Clones; zero in a free slot.
    count: AtomicUsize,
}

/// In the word of a chunk's free list: how many slots are listed.
const LISTED: u32 = (1 << 12) - 1;
/// Where the index, plus one, of the first listed slot starts.
const FIRST_SHIFT: u32 = 12;
/// The table is closed.
const CLOSED: u32 = 1 << 31;
/// The table knows, or is being told, that the chunk has listed slots.
const DIRTY: u32 = 1 << 30;

#[derive(Debug)]
#[repr(C, align(16))]
struct Header {
    /// The heap, so that [`Root::get`](crate::Root::get) finds it beside the slot.
    heap: HeapId,
    /// The free list: `CLOSED`, `DIRTY`, index of the first slot plus one, number of slots.
    free: AtomicU32,
    /// The table, of which the chunk owns a share.
    table: *const RootTable,
    /// The next chunk with listed slots that the table has not taken yet.
    next_dirty: AtomicPtr<Chunk>,
}

/// Index of the first listed slot, plus one.
fn first_of(free: u32) -> u32 {
    (free & !(CLOSED | DIRTY)) >> FIRST_SHIFT
}

/// One page of root slots.
#[derive(Debug)]
#[repr(C)]
pub(super) struct Chunk {
    header: Header,
    slots: [RootSlot; SLOTS],
}

/// A chain of free slots of one chunk: what a mutator takes roots from.
#[derive(Debug)]
pub(crate) struct FreeSlots {
    chunk: *const Chunk,
    /// Index of the first, plus one; zero for none.
    first: usize,
}

impl FreeSlots {
    pub(crate) const fn empty() -> Self {
        Self { chunk: null_mut(), first: 0 }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.first == 0
    }

    /// Lists all slots again.
    pub(crate) fn give_back(&mut self) {
        while let Some(slot) = self.pop() {
            // SAFETY: popped from a cache, and so neither in use nor listed.
            unsafe { Chunk::list(slot.chunk(), slot) };
        }
    }

    /// Indexes of the slots in the chain.
    pub(super) fn peek(&self) -> Vec<usize> {
        let (mut indexes, mut first) = (Vec::new(), self.first);
        while first != 0 && indexes.len() <= SLOTS {
            indexes.push(first - 1);
            // SAFETY: as in `pop`.
            first = unsafe { &(*self.chunk).slots[first - 1] }.next_free();
        }
        indexes
    }

    /// Takes a slot.
    #[inline]
    pub(crate) fn pop(&mut self) -> Option<&'static RootSlot> {
        let index = self.first.checked_sub(1)?;
        debug_assert!(index < SLOTS, "a free slot links to a free slot");
        // SAFETY: the chunk is not freed while slots of it are cached (invariants 2 and 3).
        let slot = unsafe { &(*self.chunk).slots }.get(index)?;
        self.first = slot.next_free();
        Some(slot)
    }
}

impl Chunk {
    /// A chunk whose slots are all free, and all in the chain.
    pub(super) fn allocate(table: &Arc<RootTable>) -> (NonNull<Self>, FreeSlots) {
        // SAFETY: the layout is not empty.
        let chunk = unsafe { alloc(LAYOUT) }.cast::<Self>();
        let Some(chunk) = NonNull::new(chunk) else { handle_alloc_error(LAYOUT) };
        // Root handles carry the provenance of their target and reach the slot by its address.
        chunk.expose_provenance();
        let slots = core::array::from_fn(|index| RootSlot {
            target: AtomicPtr::new(without_provenance_mut(if index + 1 < SLOTS { index + 2 } else { 0 })),
            count: AtomicUsize::new(0),
        });
        let header = Header {
            heap: table.heap,
            free: AtomicU32::new(0),
            table: Arc::into_raw(Arc::clone(table)),
            next_dirty: AtomicPtr::new(null_mut()),
        };
        // SAFETY: the chunk is ours and large enough.
        unsafe { chunk.write(Self { header, slots }) };
        (chunk, FreeSlots { chunk: chunk.as_ptr(), first: 1 })
    }

    /// Takes all listed slots of a chunk that is dirty no more. They may be none yet.
    pub(super) fn take_listed(&self) -> FreeSlots {
        // Acquire: pairs with the release in `list`: the links of the chain are seen.
        let before = self.header.free.fetch_and(CLOSED, Ordering::Acquire);
        FreeSlots { chunk: self, first: first_of(before) as usize }
    }

    /// Targets of the slots in use.
    pub(super) fn targets(&self) -> impl Iterator<Item = *const u8> {
        self.used().map(|(_, target)| target)
    }

    /// The slots in use, with their targets.
    pub(super) fn used(&self) -> impl Iterator<Item = (&RootSlot, *const u8)> {
        // Acquire: pairs with the release in `occupy`: a count is seen with its target.
        let in_use = self.slots.iter().filter(|slot| slot.count.load(Ordering::Acquire) > 0);
        in_use.map(|slot| (slot, slot.target.load(Ordering::Relaxed).cast_const()))
    }

    /// Lists a slot that is not in use; frees the chunk if that was the last of a closed table.
    ///
    /// # Safety
    ///
    /// The slot lies in `chunk` and is neither in use nor listed nor in a cache.
    unsafe fn list(chunk: *const Self, slot: &RootSlot) {
        // SAFETY: a chunk with an unlisted slot is not freed (invariant 3).
        let free = unsafe { &(*chunk).header.free };
        let index =
            (core::ptr::from_ref(slot).addr() & (CHUNK_BYTES - 1)) - core::mem::offset_of!(Self, slots);
        let own =
            u32::try_from(index / size_of::<RootSlot>() + 1).expect("a chunk has few slots") << FIRST_SHIFT;
        let mut before = free.load(Ordering::Relaxed);
        loop {
            // Telling the table comes first: when the slot is listed the chunk may be gone at once.
            let tell = before & (CLOSED | DIRTY) == 0 && !is_left_out("telling the table of a slot");
            slot.target.store(without_provenance_mut(first_of(before) as usize), Ordering::Relaxed);
            let listed = (before & (CLOSED | DIRTY)) | own | ((before & LISTED) + 1);
            let after = if tell { before | DIRTY } else { listed };
            // Acquire and release: pairs with itself and `take_listed`: the chain is seen, and whoever frees the
            // chunk does so after all others have done with it.
            match free.compare_exchange_weak(before, after, Ordering::AcqRel, Ordering::Relaxed) {
                Ok(_) if tell => {
                    // SAFETY: a chunk with an unlisted slot is not freed (invariant 3), and owns a share of the table.
                    let header = unsafe { &(*chunk).header };
                    // SAFETY: as above.
                    unsafe { &*header.table }.note_dirty(&header.next_dirty, chunk);
                    before = after;
                }
                Ok(_) if after & CLOSED != 0 && (after & LISTED) as usize == SLOTS => {
                    // SAFETY: closed, and this call has listed the last slot.
                    return unsafe { Self::free(chunk) };
                }
                Ok(_) => return,
                Err(now) => before = now,
            }
        }
    }

    /// The table is closed. Frees the chunk if no slot is in use or cached.
    ///
    /// # Safety
    ///
    /// Called once, by the table, which does not use the chunk afterwards.
    pub(super) unsafe fn close(chunk: *const Self) {
        // SAFETY: the table owns the chunk until now.
        let free = unsafe { &(*chunk).header.free };
        // Acquire and release: as in `list`.
        let before = free.fetch_or(CLOSED, Ordering::AcqRel);
        if (before & LISTED) as usize == SLOTS {
            // SAFETY: closed, and all slots were listed.
            unsafe { Self::free(chunk) };
        }
    }

    /// # Safety
    ///
    /// Nobody uses the chunk or ever will.
    unsafe fn free(chunk: *const Self) {
        // SAFETY: not freed yet.
        let table = unsafe { (*chunk).header.table };
        // SAFETY: the share that the chunk owns.
        drop(unsafe { Arc::from_raw(table) });
        // SAFETY: nobody uses it. (There is nothing to do but in a model.)
        unsafe { chunk.cast_mut().drop_in_place() };
        // SAFETY: allocated with this layout.
        unsafe { dealloc(chunk.cast_mut().cast(), LAYOUT) };
    }

    /// Asserts invariants 1 and 2, and what 3 builds on, of a chunk of an open table, with what mutators have cached
    /// and the table's lock held; how many slots are free and in no list. Such slots are lost, unless their roots
    /// are being dropped right now.
    pub(super) fn check(&self, caches: &[&FreeSlots]) -> usize {
        // Acquire: pairs with the release in `list`. Slots may be listed meanwhile, in front of the chain.
        let word = self.header.free.load(Ordering::Acquire);
        assert_eq!(word & CLOSED, 0, "root invariant 3: a chunk is closed before its table");
        let listed = FreeSlots { chunk: self, first: first_of(word) as usize }.peek();
        assert_eq!(listed.len(), (word & LISTED) as usize, "root invariant 3: listed slots are miscounted");
        assert!(listed.is_empty() || word & DIRTY != 0, "root invariant 2: the table was not told of a slot");
        let caches = caches.iter().filter(|cache| core::ptr::eq(cache.chunk, self));
        let mut free = [false; SLOTS];
        for index in listed.into_iter().chain(caches.flat_map(|cache| cache.peek())) {
            assert!(!free[index], "root invariant 2: slot {index} is free in two places");
            free[index] = true;
        }
        let mut lost = 0;
        for (slot, free) in self.slots.iter().zip(free) {
            let in_use = slot.count.load(Ordering::Acquire) > 0;
            assert!(!(in_use && free), "root invariant 1: a slot is in use and free");
            lost += usize::from(!in_use && !free);
        }
        lost
    }

    pub(super) fn next_dirty(&self) -> &AtomicPtr<Self> {
        &self.header.next_dirty
    }
}

/// A model finds who uses a chunk without being ordered before its end.
#[cfg(loom)]
impl Drop for Chunk {
    fn drop(&mut self) {
        self.header.free.with_mut(|_| ());
        self.header.next_dirty.with_mut(|_| ());
        for slot in &mut self.slots {
            slot.target.with_mut(|_| ());
            slot.count.with_mut(|_| ());
        }
    }
}

impl RootSlot {
    /// The slot at an address that was a slot's.
    ///
    /// # Safety
    ///
    /// A root that owns a count of the slot exists for `'a`.
    #[inline]
    pub(crate) unsafe fn at<'a>(address: usize) -> &'a Self {
        // SAFETY: the chunk's provenance was exposed, and it is not freed while the slot is in use.
        unsafe { &*core::ptr::with_exposed_provenance(address) }
    }

    #[inline]
    fn chunk(&self) -> *const Chunk {
        core::ptr::with_exposed_provenance(core::ptr::from_ref(self).addr() & !(CHUNK_BYTES - 1))
    }

    /// The heap that the slot belongs to, open or closed.
    #[inline]
    pub(crate) fn heap(&self) -> HeapId {
        // SAFETY: the chunk of a slot in use is not freed.
        unsafe { (*self.chunk()).header.heap }
    }

    /// The table of the slot.
    pub(crate) fn table(&self) -> &RootTable {
        // SAFETY: the chunk of a slot in use is not freed.
        let table = unsafe { (*self.chunk()).header.table };
        // SAFETY: the chunk owns a share of the table.
        unsafe { &*table }
    }

    /// Puts a free slot to use, for one root. Inside a mutation only: see [`super`].
    #[inline]
    pub(crate) fn occupy(&self, target: NonNull<u8>) {
        self.target.store(target.as_ptr(), Ordering::Relaxed);
        // Release: pairs with the acquire in `targets`.
        self.count.store(1, Ordering::Release);
    }

    /// The next free slot, plus one, of a free one.
    #[inline]
    fn next_free(&self) -> usize {
        // Relaxed: the chain is the caller's own, by the acquire of `take_listed`, which pairs with the release of `list`; or
        // nothing but a check looks at it.
        self.target.load(Ordering::Relaxed).addr()
    }

    /// Address of the target.
    #[inline]
    pub(crate) fn target(&self) -> *mut u8 {
        // Relaxed: fixed while the caller's root exists and is shared.
        self.target.load(Ordering::Relaxed)
    }

    /// Whether several roots share the slot. If not, and the caller's is borrowed exclusively, no other thread can change that.
    #[inline]
    pub(crate) fn is_shared(&self) -> bool {
        // Acquire: pairs with the release of other clones' drops, which read the target before.
        self.count.load(Ordering::Acquire) != 1
    }

    /// Leads to another object from now on. Inside a mutation only, by who has the only root of the slot, exclusively.
    #[inline]
    pub(crate) fn retarget(&self, target: NonNull<u8>) {
        // Relaxed: the stop that lets the collector read it synchronizes with the end of the mutation.
        self.target.store(target.as_ptr(), Ordering::Relaxed);
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
        // Acquire: pairs with the release of other clones' drops: what was done through them is done. A sole
        // owner needs no locked instruction: nobody else can raise or lower the count.
        if self.count.load(Ordering::Acquire) != 1 {
            // Release: pairs with the acquire above in the last drop.
            if self.count.fetch_sub(1, Ordering::Release) != 1 {
                return;
            }
            fence(Ordering::Acquire);
        }
        self.count.store(0, Ordering::Relaxed);
        // SAFETY: the slot is in no use any more, and nobody else lists it.
        unsafe { Chunk::list(self.chunk(), self) };
    }
}
