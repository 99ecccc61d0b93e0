//! The descriptors of spans, which outlive their spans for a while.
//!
//! Who knows a span from before, a weak pointer's [`Handle`](crate::special::Handle), may ask whether it is to be
//! swept. If it was given up it says so, or it is another span by now: then the question is about that one, and the answer
//! does no harm. So pages and arenas may go, descriptors stay, and are used again: not before the next stop, so a
//! mutation that has found a span in a page can read its shape, whatever becomes of the span meanwhile.
//!
//! One that is not needed any more is freed when nobody can ask for it:
//!
//! 1. An upgrade asks in the mutation in which it has found the handle's target, so before the next stop. When the span
//!    was given up its handles had been cleared; who upgrades after that does not ask.
//! 2. Lists of what is to be swept are empty at that stop.
//! 3. Everybody else who asks for a span that may be gone holds an [`Acquaintance`], and as long as there is one no
//!    descriptor is freed: among others, as long as the program has a `Cleanup`.

use core::ptr::NonNull;

use super::Class;
use super::page_heap::PageRun;
use super::span::Span;
use super::sweep_state::Generation;
use crate::sync::{Arc, Mutex, Ordering, Rank, fence};

/// Spans that were given up.
#[derive(Debug)]
pub(super) struct SpanPool {
    spares: Mutex<Spares>,
    acquaintance: Acquaintance,
}

#[derive(Debug, Default)]
struct Spares {
    spans: Vec<NonNull<Span>>,
    /// So many of them, the first, were given up before the last stop.
    old: usize,
}

/// The right to ask for a span that was alive since, outside of mutations.
#[derive(Clone, Debug)]
pub(crate) struct Acquaintance(Arc<()>);

// SAFETY: retired spans belong to the pool.
unsafe impl Send for SpanPool {}
// SAFETY: as above; the list is locked.
unsafe impl Sync for SpanPool {}

impl SpanPool {
    pub(super) fn new() -> Self {
        let spares = Mutex::new(Rank::Spares, Spares::default());
        Self { spares, acquaintance: Acquaintance(Arc::new(())) }
    }

    pub(super) fn acquaintance(&self) -> Acquaintance {
        self.acquaintance.clone()
    }

    /// A span of these pages.
    ///
    /// # Safety
    ///
    /// As for [`Span::new`].
    pub(super) unsafe fn take(&self, run: PageRun, class: &Class, now: Generation) -> NonNull<Span> {
        let spare = self.spares.lock().pop_old();
        // SAFETY: the caller's duty; the span is retired, and nobody else has it. No mutation that has found it goes on.
        unsafe { Span::new(spare, run, class, now) }
    }

    /// Takes back a span that is in no list any more, without objects, claims or records; its pages.
    pub(super) fn give(&self, span: NonNull<Span>) -> PageRun {
        // SAFETY: not in the pool, so alive.
        let run = unsafe { span.as_ref() }.retire();
        self.spares.lock().spans.push(span);
        run
    }

    /// Takes back a span of memory that is given up as a whole.
    pub(super) fn adopt(&self, span: NonNull<Span>) {
        self.spares.lock().spans.push(span);
    }

    /// All that are here were given up before this.
    ///
    /// # Safety
    ///
    /// The world is stopped, and every span is swept.
    pub(super) unsafe fn note_stop(&self) {
        let mut spares = self.spares.lock();
        spares.old = spares.spans.len();
    }

    /// Frees the descriptors that nobody can ask for.
    pub(super) fn trim(&self) {
        let mut spares = self.spares.lock();
        // Nobody gets acquainted with a span that is here already.
        if Arc::strong_count(&self.acquaintance.0) > 1 {
            return;
        }
        // Pairs with the release when others were dropped, after they had asked for the last time.
        fence(Ordering::Acquire);
        let old = core::mem::take(&mut spares.old);
        for span in spares.spans.drain(..old) {
            // SAFETY: invariants 1 to 3 of the module.
            unsafe { free(span) };
        }
        spares.spans.shrink_to_fit();
    }

    /// Frees the descriptors. Nobody knows one of them.
    pub(super) fn free_all(&self) {
        for span in core::mem::take(&mut *self.spares.lock()).spans {
            // SAFETY: the caller's duty.
            unsafe { free(span) };
        }
    }

    pub(super) fn len(&self) -> usize {
        self.spares.lock().spans.len()
    }
}

impl Spares {
    fn pop_old(&mut self) -> Option<NonNull<Span>> {
        self.old = self.old.checked_sub(1)?;
        Some(self.spans.swap_remove(self.old))
    }
}

/// # Safety
///
/// The span was in the pool, and nobody will ask for it.
unsafe fn free(span: NonNull<Span>) {
    // SAFETY: made by `Span::new` from a box, and in no list any more.
    drop(unsafe { Box::from_raw(span.as_ptr()) });
}

#[cfg(all(test, not(loom)))]
mod tests {
    use crate::memory::Memory;
    use crate::object::TypeInfo;

    static INFO: TypeInfo = TypeInfo::by_hand(16);

    /// Else a mutation that has read the pointer to a span would read the shape of another one.
    #[test]
    fn a_descriptor_is_not_used_again_before_the_next_stop() {
        let memory = Memory::new(usize::MAX, false);
        let (class, pool) = (memory.class_of(&INFO, INFO.slot_bytes), &memory.spare_spans);
        let run = memory.take_pages(1).unwrap();
        // SAFETY: the pages are this test's, and classes live as long as the memory.
        let take = || unsafe { pool.take(run, class, memory.generation()) };
        let first = take();
        pool.give(first);
        let second = take();
        assert_ne!(first, second);
        // SAFETY: nobody else is there, and no list has a span.
        unsafe { pool.note_stop() };
        pool.give(second);
        assert_eq!(take(), first, "given up before the stop");
        let third = take();
        assert!(third != first && third != second, "given up after it");
        for span in [first, third] {
            pool.give(span);
        }
    }
}
