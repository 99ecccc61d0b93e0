//! The address map: from any address in an object to its slot, its mark bit and what there is to scan.
//!
//! A snapshot: made under the locks of memory, used without any. It is right as long as the heap has no new arena
//! and no new class, which is what a stopped world guarantees, and leads only to spans that hold an object, which
//! nobody gives up. (A span whose last destructor has run may be given up meanwhile: no edge leads there.)
//!
//! Scanning starts from the address alone. The page's entry names the class, the class's [`Scan`] says what to read;
//! span and class themselves, which would be two cache misses more, are not touched.

use core::ops::Range;

use super::arena::Arena;
use super::class::Class;
use super::span::Slot;
use crate::object::OwnedFn;
use crate::trace::TraceFn;

/// What a class says about scanning its objects. A line of its own for each: found by a shift.
#[derive(Clone, Copy, Debug)]
#[repr(align(64))]
pub(crate) struct Scan {
    /// Which of the first 64 words are edges.
    pub(crate) first_words: u64,
    /// The same for the words after them.
    pub(crate) other_words: &'static [u64],
    /// Whether there are such words, or a tail.
    pub(crate) has_more: bool,
    /// Reports the other edges.
    pub(crate) tail: Option<TraceFn>,
    /// What an object owns elsewhere, if that may change. Only where there is a tail.
    pub(crate) owned: Option<OwnedFn>,
    /// Size of a slot in bytes, also when a span is one slot.
    pub(crate) slot_bytes: usize,
}

impl Scan {
    pub(super) fn of(class: &Class) -> Self {
        let (first_words, other_words) = match class.mask {
            [] => (0, [].as_slice()),
            [first, others @ ..] => (*first, others),
        };
        let owned = if class.owns_changing { class.owned } else { None };
        let has_more = !other_words.is_empty() || class.tail.is_some();
        Self { first_words, other_words, has_more, tail: class.tail, owned, slot_bytes: class.slot_bytes }
    }
}

/// An arena that is longer than others.
#[derive(Clone, Debug)]
struct Huge {
    addresses: Range<usize>,
    arena: Arena,
}

/// The way from addresses to slots and classes.
#[derive(Debug)]
pub(crate) struct AddressMap {
    /// By class number.
    classes: Box<[Scan]>,
    /// First addresses of ordinary arenas, in order.
    arenas: Box<[usize]>,
    /// In order of addresses.
    huge: Box<[Huge]>,
    /// First address of the first huge arena.
    huge_start: usize,
    /// From there to the end of the last; zero when there is none.
    huge_bytes: usize,
}

impl AddressMap {
    pub(super) fn new(
        classes: Box<[Scan]>,
        arenas: impl Iterator<Item = Arena>,
        huge: impl Iterator<Item = (Arena, usize)>,
    ) -> Self {
        let arenas = arenas.map(|arena| arena.base().addr()).collect();
        let range = |(arena, bytes): (Arena, usize)| {
            let start = arena.base().addr();
            Huge { addresses: start..start + bytes, arena }
        };
        let mut huge: Box<[Huge]> = huge.map(range).collect();
        huge.sort_unstable_by_key(|huge| huge.addresses.start);
        let (huge_start, huge_end) = match (huge.first(), huge.last()) {
            (Some(first), Some(last)) => (first.addresses.start, last.addresses.end),
            _ => (0, 0),
        };
        Self { classes, arenas, huge, huge_start, huge_bytes: huge_end - huge_start }
    }

    /// Whether the address lies in an arena of the heap.
    pub(crate) fn owns(&self, address: *const u8) -> bool {
        let unit = Arena::unit_of(address.addr());
        self.arenas.binary_search(&unit).is_ok() || self.huge_arena_of(address).is_some()
    }

    /// The slot of an address.
    ///
    /// # Safety
    ///
    /// The address lies in an object of the heap, and the map is still right.
    #[inline]
    pub(crate) unsafe fn slot_of(&self, address: *const u8) -> Slot {
        if self.is_among_huge(address)
            && let Some(arena) = self.huge_arena_of(address)
        {
            // SAFETY: the caller's duty.
            return unsafe { Slot::of_huge(arena, address) };
        }
        // SAFETY: the caller's duty, and the address is not in a huge arena.
        unsafe { self.ordinary_slot_of(address) }
    }

    /// Whether the address lies in a huge arena, or in another one between two of these.
    #[inline]
    pub(crate) fn is_among_huge(&self, address: *const u8) -> bool {
        // One comparison for both ends.
        address.addr().wrapping_sub(self.huge_start) < self.huge_bytes
    }

    /// The slot of an address that is not [among huge arenas](Self::is_among_huge).
    ///
    /// # Safety
    ///
    /// As for [`slot_of`](Self::slot_of).
    #[inline]
    pub(crate) unsafe fn ordinary_slot_of(&self, address: *const u8) -> Slot {
        debug_assert!(self.owns(address), "{address:p} lies in no arena of this heap");
        // SAFETY: ordinary arenas have one unit.
        let arena = unsafe { Arena::containing(address) };
        // SAFETY: the caller's duty.
        unsafe { Slot::of(arena, address) }
    }

    /// What there is to scan in objects of a class.
    ///
    /// # Safety
    ///
    /// The number comes from the page entry of an object of the heap.
    #[inline]
    pub(crate) unsafe fn scan_of(&self, class: usize) -> &Scan {
        debug_assert!(class < self.classes.len(), "a page names a class that the heap does not have");
        // SAFETY: entries name classes of the heap (span invariant 1), and the map has them all; the caller's duty.
        unsafe { self.classes.get_unchecked(class) }
    }

    /// Bytes of a slot.
    #[inline]
    pub(crate) fn bytes_of(&self, slot: Slot) -> usize {
        match slot.entry.slot_bytes() {
            // SAFETY: the slot was found by an object.
            0 => unsafe { self.scan_of(slot.entry.class()) }.slot_bytes,
            bytes => bytes,
        }
    }

    #[cold]
    fn huge_arena_of(&self, address: *const u8) -> Option<Arena> {
        let after = self.huge.partition_point(|huge| huge.addresses.start <= address.addr());
        let candidate = self.huge.get(after.checked_sub(1)?)?;
        candidate.addresses.contains(&address.addr()).then_some(candidate.arena)
    }
}

#[cfg(test)]
mod tests {
    use super::{AddressMap, Arena};
    use crate::layout::{ARENA_BYTES, PAGE_BYTES};
    use crate::memory::page_heap::PageHeap;

    #[test]
    fn addresses_lead_to_their_arenas() {
        let mut heap = PageHeap::default();
        let runs: Vec<_> = [1, 3 * ARENA_BYTES / PAGE_BYTES, 2, ARENA_BYTES / PAGE_BYTES]
            .map(|n| heap.take(n).unwrap())
            .into();
        let map = AddressMap::new(Box::new([]), heap.arenas(), heap.huge_arenas());
        for run in &runs {
            for page in [0, run.n_pages / 2, run.n_pages - 1] {
                let address = run.arena.page(run.first + page);
                assert!(map.owns(address));
                let huge = map.huge_arena_of(address);
                // SAFETY: the arenas live, and nothing is read but addresses.
                let found = huge.unwrap_or_else(|| unsafe { Arena::containing(address) });
                assert_eq!(found, run.arena, "page {page} of {run:?}");
            }
        }
        let end = runs.iter().map(|run| run.arena.base().addr()).max().unwrap() + 8 * ARENA_BYTES;
        for foreign in [0, 1 << 16, end] {
            assert!(!map.owns(core::ptr::without_provenance(foreign)));
        }
    }
}
