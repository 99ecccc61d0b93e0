//! Lists of spans from which any one can be taken out at once: each span knows its place.

use core::ptr::NonNull;

use super::span::Span;
use crate::sync::Ordering;

/// In which lists a span can be. A list of each kind has its own place in the span.
pub(super) const ALL: usize = 0;
pub(super) const PARTIAL: usize = 1;
/// Kinds of lists.
pub(super) const KINDS: usize = 2;

/// The place of a span that is in no list of the kind.
pub(super) const NOWHERE: usize = usize::MAX;

/// Spans of one class, all alive, each once. Guarded by the class's lock.
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

    pub(super) fn as_slice(&self) -> &[NonNull<Span>] {
        &self.0
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Span> {
        // SAFETY: spans in a list are alive.
        self.0.iter().map(|span| unsafe { span.as_ref() })
    }
}

/// Relaxed: guarded by the class's lock.
fn place_of<const KIND: usize>(span: NonNull<Span>) -> usize {
    // SAFETY: asked of living spans of the class only.
    unsafe { span.as_ref() }.places[KIND].load(Ordering::Relaxed)
}

/// Relaxed: guarded by the class's lock.
fn set_place<const KIND: usize>(span: NonNull<Span>, place: usize) {
    // SAFETY: asked of living spans of the class only.
    unsafe { span.as_ref() }.places[KIND].store(place, Ordering::Relaxed);
}
