//! Memory: how objects get their slots and slots their pages.
//!
//! 1. A type's [`TypeInfo`] leads to its [`Class`](class::Class), by content.
//! 2. A mutator claims one bitmap word of a span of the class: up to 64 slots, of which the free ones are
//!    now its own. It bumps through them in runs, without lock or search.
//! 3. When no span of the class has an unclaimed word, the class gets a new span from the page heap, which
//!    reserves an arena when it has no run of pages long enough.
//! 4. At each stop mutators give their words back; a sweep makes every word of every span claimable again.
//! 5. A span found empty returns its pages.
//!
//! All of it is guarded by one lock, the memory lock (`Rank::Memory`); what lies outside, the bitmaps and
//! page entries, states its own access rules ([`span`], [`arena`]).

mod arena;
mod class;
mod page_heap;
mod span;
mod sweep;
mod verify;

pub(crate) use arena::{Arena, Bitmap};
pub(crate) use class::Class;
pub(crate) use span::{Slot, Span};
pub(crate) use sweep::{DeadSlots, Swept, ones};

use std::collections::HashMap;

use crate::error::{AllocError, AllocErrorKind};
use crate::layout::PAGE_BYTES;
use crate::object::TypeInfo;
use class::{Content, ReturnedRun};
use page_heap::PageHeap;

/// Number of a class in its heap.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct ClassId(usize);

/// A bitmap word that a mutator owns until the next stop.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Claim {
    pub(crate) span: *mut Span,
    pub(crate) word: usize,
    /// The free slots of the word.
    pub(crate) free: u64,
    /// Address of the word's first slot.
    pub(crate) start: *mut u8,
}

/// All memory of a heap.
#[derive(Debug)]
pub(crate) struct Memory {
    pages: PageHeap,
    #[expect(clippy::vec_box, reason = "spans point at their class, which must not move")]
    classes: Vec<Box<Class>>,
    by_content: HashMap<Content, ClassId>,
    /// Bytes of pages that may be in use.
    limit_bytes: usize,
}

impl Memory {
    pub(crate) fn new(limit_bytes: usize) -> Self {
        Self { pages: PageHeap::default(), classes: Vec::new(), by_content: HashMap::new(), limit_bytes }
    }

    /// The class of this content.
    pub(crate) fn class_of(&mut self, info: &TypeInfo, slot_bytes: usize) -> ClassId {
        let classes = &mut self.classes;
        *self.by_content.entry(Content::new(info, slot_bytes)).or_insert_with(|| {
            classes.push(Box::new(Class::new(info, slot_bytes)));
            ClassId(classes.len() - 1)
        })
    }

    pub(crate) fn classes(&self) -> impl Iterator<Item = &Class> {
        self.classes.iter().map(|class| &**class)
    }

    /// Claims a word with free slots, in a new span if need be.
    ///
    /// # Errors
    ///
    /// The limit is reached, or the system gives no memory.
    pub(crate) fn claim(&mut self, id: ClassId) -> Result<Claim, AllocError> {
        let class = &mut self.classes[id.0];
        if let Some(ReturnedRun { span, word, free }) = class.returned.pop() {
            // SAFETY: runs are returned to the class of their span and forgotten when it is swept.
            let start = unsafe { &*span }.slot(word * 64);
            return Ok(Claim { span, word, free, start });
        }
        while let Some(span) = class.spans.get_mut(class.next_span) {
            if let Some((word, free)) = span.claim_word() {
                return Ok(Claim { start: span.slot(word * 64), span: &raw mut **span, word, free });
            }
            class.next_span += 1;
        }
        self.add_span(id)?;
        self.claim(id)
    }

    /// Takes back what a mutator did not use of a claimed word.
    pub(crate) fn unclaim(&mut self, id: ClassId, claim: Claim, free: u64) {
        if free != 0 {
            self.classes[id.0].returned.push(ReturnedRun { span: claim.span, word: claim.word, free });
        }
    }

    fn add_span(&mut self, id: ClassId) -> Result<(), AllocError> {
        let class = &mut self.classes[id.0];
        let mut n_pages = class.next_span_pages();
        let room = self.limit_bytes.saturating_sub(self.pages.pages_in_use() * PAGE_BYTES) / PAGE_BYTES;
        if n_pages > room && !class.is_large() {
            // Near the limit the smallest span will do.
            n_pages = class.slot_bytes.div_ceil(PAGE_BYTES);
        }
        let (requested, in_use) = (class.slot_bytes, self.pages.pages_in_use() * PAGE_BYTES);
        let error = |kind| AllocError { kind, requested, in_use };
        if n_pages > room {
            return Err(error(AllocErrorKind::Limit { bytes: self.limit_bytes }));
        }
        let Some(run) = self.pages.take(n_pages) else { return Err(error(AllocErrorKind::System)) };
        // SAFETY: the pages are fresh, the memory lock guards `self`, and classes live as long as the heap.
        let span = unsafe { Span::new(run, class) };
        class.spans.push(span);
        Ok(())
    }

    /// Whether the address lies in an arena of this heap.
    pub(crate) fn owns(&self, address: *const u8) -> bool {
        self.pages.owns(address)
    }

    /// The slot of an address.
    ///
    /// # Safety
    ///
    /// The address lies in an object of this heap.
    #[inline]
    pub(crate) unsafe fn slot_of(&self, address: *const u8) -> Slot {
        debug_assert!(self.pages.owns(address), "{address:p} lies in no arena of this heap");
        // SAFETY: the caller's duty.
        let arena = unsafe { self.pages.arena_of(address) };
        // SAFETY: the caller's duty.
        unsafe { Slot::of(arena, address) }
    }

    /// Bytes of pages that spans have.
    pub(crate) fn bytes_in_use(&self) -> usize {
        self.pages.pages_in_use() * PAGE_BYTES
    }

    /// Bytes of address space that are reserved.
    pub(crate) fn reserved_bytes(&self) -> usize {
        self.pages.reserved_bytes()
    }
}

// SAFETY: all pointers in it point into memory that it owns.
unsafe impl Send for Memory {}
