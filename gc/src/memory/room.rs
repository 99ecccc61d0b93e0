//! Room: what the heap's limit and the system let a heap have.
//!
//! The limit counts pages of spans. What has no page yet, the items of a slice that are being collected, asks here
//! whether it could have some.

use super::page_heap::{PageHeap, PageRun};
use super::{Class, Memory};
use crate::error::{AllocError, AllocErrorKind, Refused};
use crate::layout::{MAX_SMALL_BYTES, PAGE_BYTES};
use crate::sync::Ordering;

impl Memory {
    /// Takes pages for a span of the class.
    pub(super) fn take_pages(&self, n_pages: usize) -> Result<PageRun, AllocErrorKind> {
        let mut pages = self.pages.lock();
        self.check_limit(&pages, n_pages)?;
        let run = pages.take(n_pages).ok_or(AllocErrorKind::System)?;
        self.note_pages(&pages);
        self.huge.note(&run);
        Ok(run)
    }

    /// Gives back the pages of a span.
    pub(super) fn give_pages(&self, run: PageRun) {
        let mut pages = self.pages.lock();
        pages.give(run);
        self.note_pages(&pages);
    }

    /// Relaxed: a number from which nothing else is concluded.
    fn note_pages(&self, pages: &PageHeap) {
        self.pages_in_use.store(pages.pages_in_use(), Ordering::Relaxed);
    }

    /// Bytes of whole pages that the limit leaves, without a lock: others may take them meanwhile.
    #[inline]
    pub(crate) fn bytes_left(&self) -> usize {
        if self.limit_bytes == usize::MAX {
            return usize::MAX;
        }
        // Relaxed: as above.
        self.pages_left(self.pages_in_use.load(Ordering::Relaxed)) * PAGE_BYTES
    }

    /// Pages for the next span of a class. Near the limit they are few, so that what is left is there for objects of many kinds.
    pub(super) fn next_span_pages(&self, class: &Class) -> usize {
        let share = self.pages_left(self.pages_in_use.load(Ordering::Relaxed)) / 8;
        class.next_span_pages().min(share).max(class.slot_bytes.div_ceil(PAGE_BYTES))
    }

    /// Whether an object of this size could be made now, as far as the limit goes. Sweeps if need be.
    ///
    /// # Errors
    ///
    /// It is beyond the limit.
    pub(crate) fn check_room(&self, slot_bytes: usize) -> Result<(), AllocErrorKind> {
        // A span that is in use may have a free slot.
        if slot_bytes <= MAX_SMALL_BYTES {
            return Ok(());
        }
        let check = || self.check_limit(&self.pages.lock(), slot_bytes.div_ceil(PAGE_BYTES));
        check().or_else(|_| {
            // Dead objects may hold the pages.
            self.sweep_all();
            check()
        })
    }

    /// Whether objects may own so many bytes more, as far as the limit goes. Sweeps if need be.
    ///
    /// # Errors
    ///
    /// It is beyond the limit.
    pub(crate) fn check_owned(&self, bytes: i64) -> Result<(), AllocErrorKind> {
        let bytes = usize::try_from(bytes).unwrap_or(0);
        let check = || self.check_limit(&self.pages.lock(), bytes.div_ceil(PAGE_BYTES));
        check().or_else(|_| {
            // The dead may own much.
            self.sweep_all();
            check()
        })
    }

    /// Whether the limit allows so many more pages, for the sake of a slot or of what is owned.
    fn check_limit(&self, pages: &PageHeap, n_pages: usize) -> Result<(), AllocErrorKind> {
        if n_pages > self.pages_left(pages.pages_in_use()) {
            return Err(AllocErrorKind::Limit);
        }
        Ok(())
    }

    /// How many pages the limit leaves if so many are in use.
    fn pages_left(&self, pages_in_use: usize) -> usize {
        let owned = &self.counters.owned;
        let owned = usize::try_from(owned.total().saturating_add(owned.doomed())).unwrap_or(usize::MAX);
        let used = owned.saturating_add(pages_in_use * PAGE_BYTES);
        self.limit_bytes.saturating_sub(used) / PAGE_BYTES
    }

    /// What the program is told.
    pub(crate) fn alloc_error(&self, Refused { kind, requested }: Refused) -> AllocError {
        let (counters, in_use) = (&self.counters, self.pages.lock().pages_in_use() * PAGE_BYTES);
        // Relaxed: a number for people.
        let doomed = counters.bytes_doomed.load(Ordering::Relaxed).saturating_add(counters.owned.doomed());
        let owned = counters.owned.total().saturating_add(counters.owned.doomed());
        AllocError { kind, requested, limit: self.limit_bytes, in_use, owned, doomed }
    }
}
