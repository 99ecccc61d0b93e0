//! Lists of spans from which any one can be taken out at once: each span knows its place.

use core::ptr::NonNull;

use super::span::Span;
use crate::sync::Ordering;

/// In which lists a span can be. A list of each kind has its own place in the span.
pub(super) const ALL: usize = 0;
pub(super) const PARTIAL: usize = 1;
pub(super) const RECORDS: usize = 2;
/// Kinds of lists.
pub(super) const KINDS: usize = 3;

/// The place of a span that is in no list of the kind.
pub(super) const NOWHERE: usize = usize::MAX;

/// Spans, all alive, each once. Guarded by the class's lock, or that of the heap's list.
#[derive(Debug, Default)]
pub(super) struct SpanList<const KIND: usize>(Vec<NonNull<Span>>);

impl<const KIND: usize> SpanList<KIND> {
    pub(super) fn push(&mut self, span: NonNull<Span>) {
        debug_assert!(!self.contains(span), "a span is in a list once");
        set_place::<KIND>(span, self.0.len());
        self.0.push(span);
    }

    pub(super) fn pop(&mut self) -> Option<NonNull<Span>> {
        let span = self.0.pop()?;
        set_place::<KIND>(span, NOWHERE);
        Some(span)
    }

    /// The span that was pushed last.
    pub(super) fn last(&self) -> Option<&Span> {
        // SAFETY: spans in a list are alive.
        self.0.last().map(|span| unsafe { span.as_ref() })
    }

    pub(super) fn contains(&self, span: NonNull<Span>) -> bool {
        place_of::<KIND>(span) != NOWHERE
    }

    /// Takes a span out, if it is in.
    pub(super) fn remove(&mut self, span: NonNull<Span>) {
        let place = place_of::<KIND>(span);
        if place == NOWHERE {
            return;
        }
        self.0.swap_remove(place);
        set_place::<KIND>(span, NOWHERE);
        if let Some(&moved) = self.0.get(place) {
            set_place::<KIND>(moved, place);
        }
    }

    /// Takes all out.
    pub(super) fn clear(&mut self) {
        while self.pop().is_some() {}
    }

    /// Gives up room that is not used.
    pub(super) fn shrink(&mut self) {
        self.0.shrink_to_fit();
    }

    pub(super) fn as_slice(&self) -> &[NonNull<Span>] {
        &self.0
    }

    /// Asserts that each span knows its place.
    pub(super) fn check(&self) {
        for (place, &span) in self.0.iter().enumerate() {
            assert_eq!(place_of::<KIND>(span), place, "a span is not at its place");
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Span> {
        // SAFETY: spans in a list are alive.
        self.0.iter().map(|span| unsafe { span.as_ref() })
    }
}

/// Relaxed: guarded by the list's lock.
fn place_of<const KIND: usize>(span: NonNull<Span>) -> usize {
    // SAFETY: asked of living spans only.
    unsafe { span.as_ref() }.places[KIND].load(Ordering::Relaxed)
}

/// Relaxed: guarded by the list's lock.
fn set_place<const KIND: usize>(span: NonNull<Span>, place: usize) {
    // SAFETY: asked of living spans only.
    unsafe { span.as_ref() }.places[KIND].store(place, Ordering::Relaxed);
}
