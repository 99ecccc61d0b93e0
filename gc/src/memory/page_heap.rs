//! The page heap: which pages of which arenas are free.
//!
//! Free pages are kept as maximal runs, by address and by length. Taking pages uses the shortest run that is
//! long enough, lowest address first, if it begins with idle pages; giving pages back joins them with their neighbours.
//! The header in front of each arena keeps runs of neighbouring arenas apart.
//!
//! A free page is *idle* while memory is behind it, and *returned* when it was given back to the system or was
//! never touched. Reuse comes before growth: a run that begins with returned pages is taken only if there is no other
//! among the next longer ones.
//!
//! # Invariants
//!
//! 1. `by_length` holds exactly the runs of `by_address`.
//! 2. Runs are disjoint and not adjacent.
//! 3. Returned pages are free, and `returned` counts them.
//! 4. Free pages and pages in use are all pages of all arenas but their headers and the end of a huge one.

use core::ops::Range;
use std::collections::{BTreeMap, BTreeSet};

use super::arena::{Arena, HEADER_PAGES, side_data_of};
use crate::layout::{ARENA_BYTES, ARENA_PAGES, PAGE_BYTES};
use crate::os::Reservation;

/// Runs that are looked at for one that begins with an idle page.
const CANDIDATES: usize = 16;

/// How much of a heap's first arena is left to OS pages of the usual size.
const SMALL_HEAP_BYTES: usize = ARENA_BYTES / 8;

/// Pages of one arena, next to each other.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PageRun {
    pub(crate) arena: Arena,
    pub(crate) first: usize,
    pub(crate) n_pages: usize,
}

impl PageRun {
    /// Whether an arena was made for these pages alone.
    pub(super) fn is_huge(&self) -> bool {
        self.n_pages > ARENA_PAGES - HEADER_PAGES
    }
}

/// An arena that holds a single object which does not fit an ordinary one.
#[derive(Debug)]
struct HugeArena {
    arena: Arena,
    range: Reservation,
    n_pages: usize,
}

/// An ordinary arena.
#[derive(Debug)]
struct OwnedArena {
    arena: Arena,
    range: Reservation,
    /// Which pages have no memory behind them: bit `i % 64` of word `i / 64` for page `i`.
    returned: Box<[u64; ARENA_PAGES / 64]>,
}

impl OwnedArena {
    /// Notes that pages are used or returned; how many changed.
    fn set_returned(&mut self, pages: Range<usize>, returned: bool) -> usize {
        let mut changed = 0;
        for page in pages {
            let (word, bit) = (&mut self.returned[page / 64], 1 << (page % 64));
            if (*word & bit != 0) != returned {
                *word ^= bit;
                changed += 1;
            }
        }
        changed
    }

    /// How many of some pages are returned.
    fn n_returned(&self, pages: Range<usize>) -> usize {
        let (from, to) = (pages.start / 64, pages.end.div_ceil(64));
        let bits = |word: usize| {
            let first = pages.start.saturating_sub(word * 64);
            let end = (pages.end - word * 64).min(64);
            self.returned[word] & u64::MAX << first & u64::MAX >> (64 - end)
        };
        (from..to).map(|word| bits(word).count_ones() as usize).sum()
    }

    fn is_returned(&self, page: usize) -> bool {
        self.returned[page / 64] & 1 << (page % 64) != 0
    }

    /// Gives the memory of at most `most` idle pages of a free run back to the system, and with it that of side data
    /// of free pages; how many pages of the run that were.
    ///
    /// Pages between and behind them that have none are given back once more: a large OS page may have brought them some.
    fn trim(&mut self, run: Range<usize>, most: usize) -> usize {
        let mut left = most;
        let mut is_given = |page| {
            let idle = !self.is_returned(page);
            let given = !idle || left > 0;
            left -= usize::from(idle && given);
            given
        };
        let n_pages = run.clone().take_while(|&page| is_given(page)).count();
        let given = run.start..run.start + n_pages;
        // SAFETY: the pages are free.
        if left == most || !unsafe { self.range.decommit(given.start * PAGE_BYTES, n_pages * PAGE_BYTES) } {
            return 0;
        }
        for part in side_data_of(run) {
            // SAFETY: it is side data of free pages only: whoever takes them writes it before it is read.
            unsafe { self.range.decommit(part.start, part.len()) };
        }
        self.set_returned(given, true)
    }
}

/// The free pages of a heap.
#[derive(Debug, Default)]
pub(crate) struct PageHeap {
    /// By the address of their first byte.
    arenas: BTreeMap<usize, OwnedArena>,
    huge: Vec<HugeArena>,
    /// Start address to pages.
    by_address: BTreeMap<usize, usize>,
    /// Pages and start address.
    by_length: BTreeSet<(usize, usize)>,
    /// Pages of spans.
    pages_in_use: usize,
    /// Spans.
    runs_in_use: usize,
    /// Free pages without memory behind them.
    returned: usize,
}

impl PageHeap {
    /// Takes `n_pages` pages, reserving an arena if there is no run so long; `None` if the system refuses.
    pub(crate) fn take(&mut self, n_pages: usize) -> Option<PageRun> {
        assert!(n_pages > 0, "a span has pages");
        let huge = n_pages > ARENA_PAGES - HEADER_PAGES;
        let run = if huge { self.take_huge(n_pages)? } else { self.take_ordinary(n_pages)? };
        self.pages_in_use += n_pages;
        self.runs_in_use += 1;
        Some(run)
    }

    fn take_ordinary(&mut self, n_pages: usize) -> Option<PageRun> {
        let mut found = self.by_length.range((n_pages, 0)..).copied().take(CANDIDATES);
        let shortest = found.clone().next();
        let (length, start) = match found.find(|&(_, start)| self.begins_idle(start)).or(shortest) {
            Some(run) => run,
            None => self.add_arena()?,
        };
        self.remove_run(start, length);
        if length > n_pages {
            self.insert_run(start + n_pages * PAGE_BYTES, length - n_pages);
        }
        let (arena, first) = self.locate(start);
        let owned = self.arenas.get_mut(&Arena::unit_of(start)).expect("free runs lie in arenas");
        self.returned -= owned.set_returned(first..first + n_pages, false);
        Some(PageRun { arena, first, n_pages })
    }

    /// Whether there is memory behind the first page of a free run.
    fn begins_idle(&self, start: usize) -> bool {
        let owned = &self.arenas[&Arena::unit_of(start)];
        !owned.is_returned(owned.arena.page_of(core::ptr::without_provenance(start)))
    }

    /// Gives pages back. Nothing may look at them any more.
    pub(crate) fn give(&mut self, run: PageRun) {
        self.pages_in_use -= run.n_pages;
        self.runs_in_use -= 1;
        if run.is_huge() {
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

    /// Spans.
    pub(crate) fn runs_in_use(&self) -> usize {
        self.runs_in_use
    }

    /// Free pages with memory behind them.
    pub(crate) fn pages_idle(&self) -> usize {
        self.by_address.values().sum::<usize>() - self.returned
    }

    /// Free pages without.
    pub(crate) fn pages_returned(&self) -> usize {
        self.returned
    }

    /// Gives the memory of idle pages back to the system, but for `keep` pages; how many pages that were.
    pub(crate) fn trim(&mut self, keep: usize) -> usize {
        let most = self.pages_idle().saturating_sub(keep);
        let mut n = 0;
        for (&start, &length) in &self.by_address {
            let owned = self.arenas.get_mut(&Arena::unit_of(start)).expect("free runs lie in arenas");
            let first = owned.arena.page_of(core::ptr::without_provenance(start));
            n += owned.trim(first..first + length, most - n);
        }
        self.returned += n;
        n
    }

    /// Bytes of address space that are reserved.
    pub(crate) fn reserved_bytes(&self) -> usize {
        self.arenas.len() * ARENA_BYTES + self.huge.iter().map(|huge| huge.range.bytes()).sum::<usize>()
    }

    /// The ordinary arenas, by address.
    pub(super) fn arenas(&self) -> impl Iterator<Item = Arena> {
        self.arenas.values().map(|owned| owned.arena)
    }

    /// The others, with their lengths in bytes.
    pub(super) fn huge_arenas(&self) -> impl Iterator<Item = (Arena, usize)> {
        self.huge.iter().map(|huge| (huge.arena, huge.range.bytes()))
    }

    /// The huge arena that holds an address.
    pub(super) fn huge_arena_of(&self, address: *const u8) -> Option<Arena> {
        let holds = |huge: &&HugeArena| {
            let start = huge.arena.base().addr();
            (start..start + huge.range.bytes()).contains(&address.addr())
        };
        self.huge.iter().find(holds).map(|huge| huge.arena)
    }

    /// The arena that holds an address, if one does.
    #[cfg(feature = "capi")]
    pub(super) fn arena_of(&self, address: *const u8) -> Option<Arena> {
        let ordinary = self.arenas.get(&Arena::unit_of(address.addr())).map(|owned| owned.arena);
        ordinary.or_else(|| self.huge_arena_of(address))
    }

    fn take_huge(&mut self, n_pages: usize) -> Option<PageRun> {
        let bytes = (HEADER_PAGES + n_pages).checked_mul(PAGE_BYTES)?;
        let range = Reservation::new(bytes.checked_next_multiple_of(ARENA_BYTES)?, ARENA_BYTES)?;
        let arena = Arena::at(&range)?;
        self.huge.push(HugeArena { arena, range, n_pages });
        Some(PageRun { arena, first: HEADER_PAGES, n_pages })
    }

    /// Reserves an arena and returns its pages as a run: length and start.
    fn add_arena(&mut self) -> Option<(usize, usize)> {
        let range = Reservation::new(ARENA_BYTES, ARENA_BYTES)?;
        let arena = Arena::at(&range)?;
        // Large OS pages for all but small heaps, whose few objects should not take megabytes.
        let small = if self.arenas.is_empty() { SMALL_HEAP_BYTES } else { 0 };
        range.prefer_large_pages(small, ARENA_BYTES - small);
        let run = (ARENA_PAGES - HEADER_PAGES, arena.page(HEADER_PAGES).addr());
        let mut owned = OwnedArena { arena, range, returned: Box::new([0; ARENA_PAGES / 64]) };
        self.returned += owned.set_returned(HEADER_PAGES..ARENA_PAGES, true);
        self.arenas.insert(arena.base().addr(), owned);
        self.insert_run(run.1, run.0);
        Some(run)
    }

    /// Gives up a free arena if another one is free: one is kept, so that a heap which empties and fills does
    /// not reserve anew each time.
    fn release_spare_arena(&mut self, arena: Arena) {
        let whole = ARENA_PAGES - HEADER_PAGES;
        if self.by_length.range((whole, 0)..).count() > 1 {
            self.remove_run(arena.page(HEADER_PAGES).addr(), whole);
            let mut owned = self.arenas.remove(&arena.base().addr()).expect("a free arena is ours");
            self.returned -= owned.set_returned(HEADER_PAGES..ARENA_PAGES, false);
        }
    }

    /// The arena and page of a free run.
    fn locate(&self, start: usize) -> (Arena, usize) {
        let arena = self.arenas[&Arena::unit_of(start)].arena;
        (arena, arena.page_of(core::ptr::without_provenance(start)))
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
        let (mut free, mut free_returned) = (0, 0);
        let mut previous_end = 0;
        for (&start, &length) in &self.by_address {
            assert!(self.by_length.contains(&(length, start)), "page heap invariant 1");
            assert!(start > previous_end || previous_end == 0, "page heap invariant 2: {start:#x}");
            previous_end = start + length * PAGE_BYTES;
            free += length;
            let (_, first) = self.locate(start);
            free_returned += self.arenas[&Arena::unit_of(start)].n_returned(first..first + length);
        }
        let returned: usize = self.arenas.values().map(|owned| owned.n_returned(0..ARENA_PAGES)).sum();
        assert_eq!(returned, free_returned, "page heap invariant 3: a page in use was returned");
        assert_eq!(returned, self.returned, "page heap invariant 3");
        let huge: usize = self.huge.iter().map(|huge| huge.n_pages).sum();
        let all = self.arenas.len() * (ARENA_PAGES - HEADER_PAGES) + huge;
        assert_eq!(free + self.pages_in_use, all, "page heap invariant 4");
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

    /// Nearly all of the arena was used once; the rest is the shortest run that is long enough.
    #[test]
    fn what_was_used_before_comes_before_a_shorter_fresh_run() {
        let mut heap = PageHeap::default();
        let used = heap.take(ARENA_PAGES - HEADER_PAGES - 40).unwrap();
        let wall = heap.take(1).unwrap();
        heap.give(used);
        assert_eq!(heap.take(8).unwrap().first, used.first);
        // A run that begins with a page without memory is better than a new arena.
        while heap.pages_in_use() < ARENA_PAGES - HEADER_PAGES - 39 {
            heap.take(1).unwrap();
        }
        assert_eq!(heap.take(8).unwrap().first, wall.first + 1);
        assert_eq!(heap.arenas.len(), 1);
        heap.check();
    }

    #[test]
    fn idle_pages_are_returned_once() {
        let mut heap = PageHeap::default();
        let (a, b) = (heap.take(3).unwrap(), heap.take(5).unwrap());
        assert_eq!(heap.trim(0), 0, "what was never touched has no memory behind it");
        heap.give(a);
        assert_eq!(heap.pages_idle(), 3);
        let expected = if cfg!(target_os = "linux") { 3 } else { 0 };
        assert_eq!((heap.trim(0), heap.trim(0)), (expected, 0));
        heap.check();
        assert_eq!(heap.take(2).unwrap().first, a.first, "reuse comes before growth");
        heap.give(b);
        heap.check();
        assert_eq!(
            heap.pages_idle() + heap.pages_returned() + heap.pages_in_use(),
            ARENA_PAGES - HEADER_PAGES
        );
    }

    #[test]
    fn spare_arenas_and_huge_ones_are_given_up() {
        let mut heap = PageHeap::default();
        let whole = ARENA_PAGES - HEADER_PAGES;
        let (a, b, c) = (heap.take(whole).unwrap(), heap.take(whole).unwrap(), heap.take(whole + 1).unwrap());
        assert_eq!(heap.arenas.len(), 2);
        assert_eq!(heap.huge_arenas().map(|huge| huge.0).collect::<Vec<_>>(), [c.arena]);
        for run in [a, b, c] {
            heap.give(run);
            heap.check();
        }
        assert_eq!((heap.arenas.len(), heap.huge.len(), heap.pages_in_use()), (1, 0, 0));
    }
}
