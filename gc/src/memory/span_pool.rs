//! The descriptors of spans, which are never freed as long as the heap has its memory.
//!
//! Who knows a span from long ago, a weak pointer's [`Handle`](crate::special::Handle), may ask any time whether it
//! is to be swept. If it was given up it says so, or it is another span by now: then the question is about that one,
//! and the answer does no harm. So pages and arenas may go, descriptors stay, and are used again.

use core::ptr::NonNull;

use super::Class;
use super::page_heap::PageRun;
use super::span::Span;
use super::sweep_state::Generation;
use crate::sync::{Mutex, Rank};

/// Spans that were given up.
#[derive(Debug)]
pub(super) struct SpanPool(Mutex<Vec<NonNull<Span>>>);

// SAFETY: retired spans belong to the pool.
unsafe impl Send for SpanPool {}
// SAFETY: as above; the list is locked.
unsafe impl Sync for SpanPool {}

impl SpanPool {
    pub(super) fn new() -> Self {
        Self(Mutex::new(Rank::Spares, Vec::new()))
    }

    /// A span of these pages.
    ///
    /// # Safety
    ///
    /// As for [`Span::new`].
    pub(super) unsafe fn take(&self, run: PageRun, class: &Class, now: Generation) -> NonNull<Span> {
        let spare = self.0.lock().pop();
        // SAFETY: the caller's duty; the span is retired, and nobody else has it.
        unsafe { Span::new(spare, run, class, now) }
    }

    /// Takes back a span that is in no list any more, without objects, claims or records; its pages.
    pub(super) fn give(&self, span: NonNull<Span>) -> PageRun {
        // SAFETY: not in the pool, so alive.
        let run = unsafe { span.as_ref() }.retire();
        self.0.lock().push(span);
        run
    }

    /// Takes back a span of memory that is given up as a whole.
    pub(super) fn adopt(&self, span: NonNull<Span>) {
        self.0.lock().push(span);
    }

    /// Frees the descriptors. Nobody knows one of them.
    pub(super) fn free_all(&self) {
        for span in core::mem::take(&mut *self.0.lock()) {
            // SAFETY: made by `Span::new` from a box, and in no list any more.
            drop(unsafe { Box::from_raw(span.as_ptr()) });
        }
    }
}
