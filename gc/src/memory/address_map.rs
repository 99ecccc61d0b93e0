//! The address map: from any address in an object to its slot, its mark bit and what there is to scan.
//!
//! A snapshot: made under the locks of memory, used without any. It is right as long as the heap has no new arena
//! and no new class, which is what a stopped world guarantees, and leads only to spans that hold an object, which
//! nobody gives up. (A span whose last destructor has run may be given up meanwhile: no edge leads there.)
//!
//! Scanning starts from the address alone. The page's entry names the span's first page and its class, the class's [`Scan`]
//! says how spans are cut and what to read of an object; span and class themselves, which would be two cache misses more,
//! are not touched. What an edge has to load are thus its entry, of which there are few, and its mark word.

use core::ops::Range;

use super::arena::{Arena, Bitmap, PageEntry};
use super::scan::Scan;
use crate::layout::{ARENA_PAGES, BITMAP_WORDS_PER_PAGE};
use crate::sync::AtomicU64;

/// Where an address lies: its slot, and the slot's bit.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Slot<'m> {
    pub(crate) arena: Arena,
    /// First page of its span.
    pub(super) first_page: usize,
    /// The [short](PageEntry::short_class) number of its class.
    pub(crate) short_class: usize,
    /// What its class says.
    pub(crate) scan: &'m Scan,
    /// Index of the slot in its span.
    pub(crate) index: usize,
    /// Whether the address is the slot's first; not said of large objects, which have a span of their own.
    pub(crate) is_start: bool,
}

impl Slot<'_> {
    /// First address of the slot.
    #[inline]
    pub(crate) fn start(self) -> *mut u8 {
        self.arena.page(self.first_page).wrapping_add(self.index * self.scan.slot_bytes)
    }

    /// The slot's bit in its bitmap word.
    #[inline]
    pub(crate) fn bit(self) -> u64 {
        1 << (self.index % 64)
    }

    /// The slot's word in a bitmap.
    #[inline]
    pub(crate) fn word<'a>(self, bitmap: Bitmap) -> &'a AtomicU64 {
        let index = self.first_page * BITMAP_WORDS_PER_PAGE + self.index / 64;
        // SAFETY: the span has initialized the word, and lives as long as the object that the slot was found by.
        unsafe { self.arena.bits(bitmap, index) }
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
    pub(crate) unsafe fn slot_of(&self, address: *const u8) -> Slot<'_> {
        if self.is_among_huge(address)
            && let Some(arena) = self.huge_arena_of(address)
        {
            // SAFETY: the caller's duty.
            return unsafe { self.slot_of_huge(arena, address) };
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
    pub(crate) unsafe fn ordinary_slot_of(&self, address: *const u8) -> Slot<'_> {
        debug_assert!(self.owns(address), "{address:p} lies in no arena of this heap");
        // SAFETY: ordinary arenas have one unit.
        let arena = unsafe { Arena::containing(address) };
        let page = arena.page_of(address);
        // SAFETY: the page belongs to the span of the object.
        let entry = unsafe { arena.entry(page) };
        // SAFETY: as above.
        let scan = unsafe { self.scan_of_page(arena, page, entry) };
        let first_page = entry.first_page();
        let (index, is_start) = scan.slot_at(address.addr() - arena.page(first_page).addr());
        Slot { arena, first_page, short_class: entry.short_class(), scan, index, is_start }
    }

    /// The slot of an address in a huge arena, which has one.
    ///
    /// # Safety
    ///
    /// As for [`slot_of`](Self::slot_of); the arena holds the address.
    unsafe fn slot_of_huge(&self, arena: Arena, address: *const u8) -> Slot<'_> {
        // Most pages lie beyond the entries; those that have one are equal.
        let page = arena.page_of(address).min(ARENA_PAGES - 1);
        // SAFETY: the page belongs to the span of the object.
        let entry = unsafe { arena.entry(page) };
        // SAFETY: as above.
        let scan = unsafe { self.scan_of_page(arena, page, entry) };
        let (first_page, short_class) = (entry.first_page(), entry.short_class());
        Slot { arena, first_page, short_class, scan, index: 0, is_start: false }
    }

    /// What the class of a page says, which has this entry.
    ///
    /// # Safety
    ///
    /// The page belongs to the span of an object of the heap, and the map is still right.
    #[inline]
    unsafe fn scan_of_page(&self, arena: Arena, page: usize, entry: PageEntry) -> &Scan {
        let class = match entry.short_class() {
            // SAFETY: the caller's duty.
            PageEntry::NO_SHORT_CLASS => unsafe { class_of_page(arena, page) },
            class => class,
        };
        // SAFETY: the caller's duty.
        unsafe { self.scan_of(class) }
    }

    /// What there is to scan in objects of a class.
    ///
    /// # Safety
    ///
    /// The number is that of an object's class, and the map is still right.
    #[inline]
    pub(crate) unsafe fn scan_of(&self, class: usize) -> &Scan {
        debug_assert!(class < self.classes.len(), "a page names a class that the heap does not have");
        // SAFETY: the map has all classes of the heap; the caller's duty.
        unsafe { self.classes.get_unchecked(class) }
    }

    #[cold]
    fn huge_arena_of(&self, address: *const u8) -> Option<Arena> {
        let after = self.huge.partition_point(|huge| huge.addresses.start <= address.addr());
        let candidate = self.huge.get(after.checked_sub(1)?)?;
        candidate.addresses.contains(&address.addr()).then_some(candidate.arena)
    }
}

/// The number of a page's class, where it does not fit into the page's entry.
///
/// # Safety
///
/// The page belongs to the span of an object.
#[cold]
unsafe fn class_of_page(arena: Arena, page: usize) -> usize {
    // SAFETY: the caller's duty.
    let span = unsafe { arena.span(page) };
    // SAFETY: pages of a span point at it (span invariant 1), and one with an object is not given up.
    unsafe { &*span }.class().number
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
