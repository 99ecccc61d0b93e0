//! The page heap: which pages of which arenas are free.
//!
//! Free pages are kept as maximal runs, by address and by length. Taking pages uses the shortest run that is
//! long enough, lowest address first; giving pages back joins them with their neighbours. The header in
//! front of each arena keeps runs of neighbouring arenas apart.
//!
//! # Invariants
//!
//! 1. `by_length` holds exactly the runs of `by_address`.
//! 2. Runs are disjoint and not adjacent.
//! 3. Free pages and pages in use are all pages of all arenas but their headers and the end of a huge one.

use std::collections::{BTreeMap, BTreeSet};

use super::arena::{Arena, HEADER_PAGES};
use crate::layout::{ARENA_BYTES, ARENA_PAGES, PAGE_BYTES};
use crate::os::Reservation;

/// Pages of one arena, next to each other.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PageRun {
    pub(crate) arena: Arena,
    pub(crate) first: usize,
    pub(crate) n_pages: usize,
}

/// An arena that holds a single object which does not fit an ordinary one.
#[derive(Debug)]
struct HugeArena {
    arena: Arena,
    range: Reservation,
    n_pages: usize,
}

/// The free pages of a heap.
#[derive(Debug, Default)]
pub(crate) struct PageHeap {
    arenas: BTreeMap<Arena, Reservation>,
    huge: Vec<HugeArena>,
    /// Start address to pages.
    by_address: BTreeMap<usize, usize>,
    /// Pages and start address.
    by_length: BTreeSet<(usize, usize)>,
    /// Pages of spans.
    pages_in_use: usize,
}

impl PageHeap {
    /// Takes `n_pages` pages, reserving an arena if there is no run so long; `None` if the system refuses.
    pub(crate) fn take(&mut self, n_pages: usize) -> Option<PageRun> {
        assert!(n_pages > 0, "a span has pages");
        if n_pages > ARENA_PAGES - HEADER_PAGES {
            return self.take_huge(n_pages);
        }
        let found = self.by_length.range((n_pages, 0)..).next().copied();
        let (length, start) = match found {
            Some(run) => run,
            None => self.add_arena()?,
        };
        self.remove_run(start, length);
        if length > n_pages {
            self.insert_run(start + n_pages * PAGE_BYTES, length - n_pages);
        }
        self.pages_in_use += n_pages;
        let arena = self.arena_at(start);
        Some(PageRun { arena, first: arena.page_of(core::ptr::without_provenance(start)), n_pages })
    }

    /// Gives pages back. Nothing may look at them any more.
    pub(crate) fn give(&mut self, run: PageRun) {
        self.pages_in_use -= run.n_pages;
        if run.n_pages > ARENA_PAGES - HEADER_PAGES {
            self.huge.retain(|huge| huge.arena != run.arena);
            return;
        }
        let mut start = run.arena.page(run.first).addr();
        let mut length = run.n_pages;
        let before = self.by_address.range(..start).next_back().map(|(&s, &l)| (s, l));
        if let Some((s, l)) = before
            && s + l * PAGE_BYTES == start
        {
            self.remove_run(s, l);
            (start, length) = (s, length + l);
        }
        let after = start + length * PAGE_BYTES;
        if let Some(&l) = self.by_address.get(&after) {
            self.remove_run(after, l);
            length += l;
        }
        self.insert_run(start, length);
        if length == ARENA_PAGES - HEADER_PAGES {
            self.release_spare_arena(run.arena);
        }
    }

    /// Pages of spans.
    pub(crate) fn pages_in_use(&self) -> usize {
        self.pages_in_use
    }

    /// Bytes of address space that are reserved.
    pub(crate) fn reserved_bytes(&self) -> usize {
        self.arenas.len() * ARENA_BYTES + self.huge.iter().map(|huge| huge.range.bytes()).sum::<usize>()
    }

    /// The arena of an address of an object.
    ///
    /// # Safety
    ///
    /// The address lies in an object of this heap.
    #[inline]
    pub(crate) unsafe fn arena_of(&self, address: *const u8) -> Arena {
        if !self.huge.is_empty()
            && let Some(arena) = self.huge_arena_of(address)
        {
            return arena;
        }
        // SAFETY: ordinary arenas have one unit.
        unsafe { Arena::containing(address) }
    }

    /// Whether the address lies in an arena of this heap.
    pub(crate) fn owns(&self, address: *const u8) -> bool {
        let unit = address.addr() & !(ARENA_BYTES - 1);
        self.huge_arena_of(address).is_some() || self.arenas.keys().any(|arena| arena.base().addr() == unit)
    }

    #[cold]
    fn huge_arena_of(&self, address: *const u8) -> Option<Arena> {
        let inside = |huge: &&HugeArena| {
            let start = huge.arena.base().addr();
            (start..start + huge.range.bytes()).contains(&address.addr())
        };
        self.huge.iter().find(inside).map(|huge| huge.arena)
    }

    fn take_huge(&mut self, n_pages: usize) -> Option<PageRun> {
        let bytes = (HEADER_PAGES + n_pages).checked_mul(PAGE_BYTES)?;
        let range = Reservation::new(bytes.checked_next_multiple_of(ARENA_BYTES)?, ARENA_BYTES)?;
        let arena = Arena::at(&range);
        self.huge.push(HugeArena { arena, range, n_pages });
        self.pages_in_use += n_pages;
        Some(PageRun { arena, first: HEADER_PAGES, n_pages })
    }

    /// Reserves an arena and returns its pages as a run: length and start.
    fn add_arena(&mut self) -> Option<(usize, usize)> {
        let range = Reservation::new(ARENA_BYTES, ARENA_BYTES)?;
        let arena = Arena::at(&range);
        let run = (ARENA_PAGES - HEADER_PAGES, arena.page(HEADER_PAGES).addr());
        self.arenas.insert(arena, range);
        self.insert_run(run.1, run.0);
        Some(run)
    }

    /// Gives up a free arena if another one is free: one is kept, so that a heap which empties and fills does
    /// not reserve anew each time.
    fn release_spare_arena(&mut self, arena: Arena) {
        let whole = ARENA_PAGES - HEADER_PAGES;
        if self.by_length.range((whole, 0)..).count() > 1 {
            self.remove_run(arena.page(HEADER_PAGES).addr(), whole);
            self.arenas.remove(&arena);
        }
    }

    fn arena_at(&self, address: usize) -> Arena {
        let unit = address & !(ARENA_BYTES - 1);
        *self.arenas.keys().find(|arena| arena.base().addr() == unit).expect("free runs lie in arenas")
    }

    fn insert_run(&mut self, start: usize, length: usize) {
        self.by_address.insert(start, length);
        self.by_length.insert((length, start));
    }

    fn remove_run(&mut self, start: usize, length: usize) {
        self.by_address.remove(&start);
        self.by_length.remove(&(length, start));
    }

    /// Asserts the invariants.
    pub(crate) fn check(&self) {
        assert_eq!(self.by_address.len(), self.by_length.len(), "page heap invariant 1");
        let mut free = 0;
        let mut previous_end = 0;
        for (&start, &length) in &self.by_address {
            assert!(self.by_length.contains(&(length, start)), "page heap invariant 1");
            assert!(start > previous_end || previous_end == 0, "page heap invariant 2: {start:#x}");
            previous_end = start + length * PAGE_BYTES;
            free += length;
        }
        let huge: usize = self.huge.iter().map(|huge| huge.n_pages).sum();
        let all = self.arenas.len() * (ARENA_PAGES - HEADER_PAGES) + huge;
        assert_eq!(free + self.pages_in_use, all, "page heap invariant 3");
    }
}

#[cfg(test)]
mod tests {
    use super::{ARENA_PAGES, HEADER_PAGES, PageHeap};

    #[test]
    fn runs_are_split_and_joined() {
        let mut heap = PageHeap::default();
        let runs: Vec<_> = (1..=20).map(|n| heap.take(n).unwrap()).collect();
        heap.check();
        assert_eq!(heap.pages_in_use(), 210);
        for run in runs.iter().step_by(2).chain(runs.iter().skip(1).step_by(2)) {
            heap.give(*run);
            heap.check();
        }
        assert_eq!(heap.pages_in_use(), 0);
        assert_eq!(heap.by_address.len(), 1);
    }

    #[test]
    fn the_best_fit_is_reused_before_fresh_pages() {
        let mut heap = PageHeap::default();
        let (hole, _wall, big) = (heap.take(3).unwrap(), heap.take(1).unwrap(), heap.take(8).unwrap());
        let _wall = heap.take(1).unwrap();
        heap.give(big);
        heap.give(hole);
        assert_eq!(heap.take(3).unwrap().first, hole.first);
        assert_eq!(heap.take(2).unwrap().first, big.first);
    }

    #[test]
    fn spare_arenas_and_huge_ones_are_given_up() {
        let mut heap = PageHeap::default();
        let whole = ARENA_PAGES - HEADER_PAGES;
        let (a, b, c) = (heap.take(whole).unwrap(), heap.take(whole).unwrap(), heap.take(whole + 1).unwrap());
        assert_eq!(heap.arenas.len(), 2);
        assert!(heap.owns(c.arena.page(c.first + whole)));
        for run in [a, b, c] {
            heap.give(run);
            heap.check();
        }
        assert_eq!((heap.arenas.len(), heap.huge.len(), heap.pages_in_use()), (1, 0, 0));
    }
}
