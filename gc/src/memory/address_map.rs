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

    /// The slot of another address in the span; it must lie there.
    #[inline]
    pub(crate) fn of_span(self, address: *const u8) -> Self {
        let (index, is_start) = self.scan.slot_at(address.addr() - self.arena.page(self.first_page).addr());
        Self { index, is_start, ..self }
    }

    /// The slot whose bit in the same bitmap word is this one, by its first address; there must be one.
    #[inline]
    pub(crate) fn neighbour(self, bit: u32) -> Self {
        Self { index: self.index / 64 * 64 + bit as usize, is_start: true, ..self }
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

/// Arenas of a heap that is [large](AddressMap::is_large). Few in builds that look for faults, so that heaps have as many.
const LARGE_HEAP_ARENAS: usize = match () {
    () if cfg!(any(gc_zeal, gc_asan)) => 2,
    () if cfg!(debug_assertions) => 1,
    () => 4,
};

/// The way from addresses to slots and classes.
#[derive(Debug)]
pub(crate) struct AddressMap {
    /// By class number.
    classes: Box<[Scan]>,
    /// First addresses of ordinary arenas, in order.
    arenas: Box<[usize]>,
    /// In order of addresses.
    huge: Box<[Huge]>,
    /// First address of the first huge arena, or of all memory where there are more classes than short numbers.
    rare_start: usize,
    /// From there to the end of the last; zero when there is none.
    rare_bytes: usize,
    /// See [`is_large`](Self::is_large).
    is_large: bool,
}

impl AddressMap {
    pub(super) fn new(
        classes: Box<[Scan]>,
        arenas: impl Iterator<Item = Arena>,
        huge: impl Iterator<Item = (Arena, usize)>,
    ) -> Self {
        let arenas: Box<[usize]> = arenas.map(|arena| arena.base().addr()).collect();
        let range = |(arena, bytes): (Arena, usize)| {
            let start = arena.base().addr();
            Huge { addresses: start..start + bytes, arena }
        };
        let mut huge: Box<[Huge]> = huge.map(range).collect();
        huge.sort_unstable_by_key(|huge| huge.addresses.start);
        let all_are_rare = classes.len() > PageEntry::SHORT_CLASSES;
        let (rare_start, rare_end) = match (huge.first(), huge.last()) {
            _ if all_are_rare => (0, usize::MAX),
            (Some(first), Some(last)) => (first.addresses.start, last.addresses.end),
            _ => (0, 0),
        };
        let is_large = arenas.len() >= LARGE_HEAP_ARENAS && !all_are_rare;
        Self { classes, arenas, huge, rare_start, rare_bytes: rare_end - rare_start, is_large }
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
        if self.is_rare(address) {
            // SAFETY: the caller's duty.
            return unsafe { self.rare_slot_of(address) };
        }
        // SAFETY: the caller's duty, and the address is not rare.
        unsafe { self.usual_slot_of(address) }
    }

    /// Whether the short way to a slot may not do: the address lies in a huge arena or between two of these, or there are more
    /// classes than short numbers.
    #[inline]
    pub(crate) fn is_rare(&self, address: *const u8) -> bool {
        // One comparison for all of it.
        address.addr().wrapping_sub(self.rare_start) < self.rare_bytes
    }

    /// The slot of an address that is not rare.
    ///
    /// # Safety
    ///
    /// As for [`slot_of`](Self::slot_of), and the address is not [rare](Self::is_rare).
    #[inline]
    pub(crate) unsafe fn usual_slot_of(&self, address: *const u8) -> Slot<'_> {
        debug_assert!(self.owns(address), "{address:p} lies in no arena of this heap");
        debug_assert!(!self.is_rare(address), "{address:p} may lie in a huge arena");
        // SAFETY: ordinary arenas have one unit.
        let arena = unsafe { Arena::containing(address) };
        // SAFETY: the page belongs to the span of the object.
        let entry = unsafe { arena.entry(arena.page_of(address)) };
        // SAFETY: all classes have short numbers, of which the entry names one (span invariant 1).
        let scan = unsafe { self.scan_of(entry.short_class()) };
        let first_page = entry.first_page();
        let (index, is_start) = scan.slot_at(address.addr() - arena.page(first_page).addr());
        Slot { arena, first_page, short_class: entry.short_class(), scan, index, is_start }
    }

    /// The slot of any address.
    ///
    /// # Safety
    ///
    /// As for [`slot_of`](Self::slot_of).
    #[cold]
    unsafe fn rare_slot_of(&self, address: *const u8) -> Slot<'_> {
        let huge = self.huge_arena_of(address);
        // SAFETY: ordinary arenas have one unit.
        let arena = huge.unwrap_or_else(|| unsafe { Arena::containing(address) });
        // Most pages of a huge arena lie beyond the entries; those that have one are equal.
        let page = arena.page_of(address).min(ARENA_PAGES - 1);
        // SAFETY: the page belongs to the span of the object.
        let entry = unsafe { arena.entry(page) };
        let class = match entry.short_class() {
            // SAFETY: as above.
            PageEntry::NO_SHORT_CLASS => unsafe { class_of_page(arena, page) },
            class => class,
        };
        // SAFETY: the class is that of an object.
        let scan = unsafe { self.scan_of(class) };
        let first_page = entry.first_page();
        // A huge arena has one slot, as is known of its class.
        let (index, is_start) = scan.slot_at(address.addr() - arena.page(first_page).addr());
        Slot { arena, first_page, short_class: entry.short_class(), scan, index, is_start }
    }

    /// Whether there may be so many mark words that few of them stay in a cache, and they are found by the short way.
    #[inline]
    pub(crate) fn is_large(&self) -> bool {
        self.is_large
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

/// The number of a page's class, where the page's entry has no room for it.
///
/// # Safety
///
/// The page belongs to the span of an object.
unsafe fn class_of_page(arena: Arena, page: usize) -> usize {
    // SAFETY: the caller's duty.
    let span = unsafe { arena.span(page) };
    debug_assert!(!span.is_null(), "an edge leads to page {page} of {arena:?}, which belongs to no span");
    // SAFETY: pages of a span point at it (span invariant 1), and one with an object is not given up.
    unsafe { &*span }.class().number
}

#[cfg(test)]
mod tests {
    use super::{AddressMap, Arena, PageEntry, Scan};
    use crate::layout::{ARENA_BYTES, PAGE_BYTES};
    use crate::memory::Memory;
    use crate::memory::page_heap::PageHeap;
    use crate::object::TypeInfo;

    #[test]
    fn the_short_way_is_left_where_it_does_not_lead() {
        let mut heap = PageHeap::default();
        let runs = [1, 3 * ARENA_BYTES / PAGE_BYTES].map(|n| heap.take(n).unwrap());
        static INFO: TypeInfo = TypeInfo::by_hand(16);
        let memory = Memory::new(usize::MAX, false);
        let scan = Scan::of(memory.class_of(&INFO, INFO.slot_bytes));
        let classes = |n| vec![scan; n].into_boxed_slice();
        let map = AddressMap::new(classes(1), heap.arenas(), heap.huge_arenas());
        let [ordinary, huge] = runs.map(|run| run.arena.base().cast_const());
        assert!(!map.is_rare(ordinary) && !map.is_rare(ordinary.wrapping_add(ARENA_BYTES - 1)));
        assert!(map.is_rare(huge) && map.is_rare(huge.wrapping_add(3 * ARENA_BYTES + PAGE_BYTES)));
        assert!(!map.is_rare(huge.wrapping_sub(1)) && !map.is_rare(huge.wrapping_add(4 * ARENA_BYTES)));
        for (n, rare) in [(PageEntry::SHORT_CLASSES, false), (PageEntry::SHORT_CLASSES + 1, true)] {
            let map = AddressMap::new(classes(n), heap.arenas(), [].into_iter());
            assert_eq!((map.is_rare(ordinary), map.is_rare(huge)), (rare, rare), "{n} classes");
        }
    }

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
