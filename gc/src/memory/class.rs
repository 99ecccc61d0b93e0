//! Span classes: what the slots of a span have in common.
//!
//! A class is content: slot size, mask, tail function, drop function. Types of equal content share spans;
//! that functions with equal code may have one address only makes more of them equal.
//!
//! # Invariants
//!
//! 1. No two classes of a heap have equal [`Content`].
//! 2. Words of spans before `next_span` are all claimed, as are in that span the words before its cursor.

use super::span::Span;
use crate::layout::{MAX_SMALL_BYTES, MAX_SPAN_PAGES, PAGE_BYTES};
use crate::object::{DropFn, DropKind, DropWalk, TypeInfo};
use crate::trace::TraceFn;

/// What identifies a class.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Content {
    slot_bytes: usize,
    mask: &'static [u64],
    /// Address of the tail function, or zero.
    tail: usize,
    /// Address of the drop function, or zero.
    drop: usize,
}

impl Content {
    pub(crate) fn new(info: &TypeInfo, slot_bytes: usize) -> Self {
        let (tail, drop) = (info.tail.map_or(0, |f| f as usize), info.drop.map_or(0, |f| f as usize));
        Self { slot_bytes, mask: info.mask, tail, drop }
    }
}

/// Free slots of one bitmap word that a mutator gave back when it detached.
#[derive(Debug)]
pub(crate) struct ReturnedRun {
    pub(crate) span: *mut Span,
    pub(crate) word: usize,
    pub(crate) free: u64,
}

/// Doomed slots of one bitmap word whose destructors ran while a mutator had the word claimed.
#[derive(Debug)]
pub(crate) struct BuriedSlots {
    pub(crate) span: *mut Span,
    pub(crate) word: usize,
    pub(crate) slots: u64,
}

/// A span class and its spans.
#[derive(Debug)]
pub(crate) struct Class {
    pub(crate) content: Content,
    /// Size of a slot in bytes.
    pub(crate) slot_bytes: usize,
    /// Which words of an object are edges.
    pub(crate) mask: &'static [u64],
    /// Reports the other edges.
    pub(crate) tail: Option<TraceFn>,
    /// Drops an object.
    pub(crate) drop: Option<DropFn>,
    /// What runs in `drop`.
    pub(crate) drop_kind: DropKind,
    /// Name of the first type of this content, for reports.
    pub(crate) name: fn() -> &'static str,
    /// All spans of the class. Boxed: the page entries point at them.
    #[expect(clippy::vec_box, reason = "pages and mutators point at the spans, which must not move")]
    pub(crate) spans: Vec<Box<Span>>,
    /// The first span that may have an unclaimed word.
    pub(crate) next_span: usize,
    /// Free slots given back since the last sweep.
    pub(crate) returned: Vec<ReturnedRun>,
    /// Slots that stay doomed until the next sweep frees them: their word belongs to a mutator.
    pub(crate) buried: Vec<BuriedSlots>,
}

impl Class {
    pub(crate) fn new(info: &TypeInfo, slot_bytes: usize) -> Self {
        let drop_kind = match info.drop {
            None => DropKind::None,
            Some(_) => (info.drop_kind)(&mut DropWalk::default()).max(DropKind::Library),
        };
        Self {
            content: Content::new(info, slot_bytes),
            slot_bytes,
            mask: info.mask,
            tail: info.tail,
            drop: info.drop,
            drop_kind,
            name: info.name,
            spans: Vec::new(),
            next_span: 0,
            returned: Vec::new(),
            buried: Vec::new(),
        }
    }

    /// Whether its objects hold no edges.
    pub(crate) fn is_leaf(&self) -> bool {
        self.mask.is_empty() && self.tail.is_none()
    }

    /// Whether an object has a span of its own.
    pub(crate) fn is_large(&self) -> bool {
        self.slot_bytes > MAX_SMALL_BYTES
    }

    /// Pages for the next span: few for the first, as most classes have few objects, then twice as many as
    /// the class has, and never so few that more than an eighth is lost at the end.
    pub(crate) fn next_span_pages(&self) -> usize {
        if self.is_large() {
            return self.slot_bytes.div_ceil(PAGE_BYTES);
        }
        let have: usize = self.spans.iter().take(MAX_SPAN_PAGES).map(|span| span.n_pages()).sum();
        let mut pages = (have * 2).clamp(1, MAX_SPAN_PAGES);
        while pages < MAX_SPAN_PAGES && pages * PAGE_BYTES % self.slot_bytes > pages * PAGE_BYTES / 8 {
            pages += 1;
        }
        pages
    }
}

// SAFETY: spans and the pointers to them are used under the memory lock, or while the world is stopped.
unsafe impl Send for Class {}
