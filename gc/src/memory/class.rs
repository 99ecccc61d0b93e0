//! Span classes: what the slots of a span have in common, and where a class finds free ones.
//!
//! A class is content: slot size, mask, tail function, drop function. Types of equal content share spans, of a heap that
//! need not tell them apart;
//! that functions with equal code may have one address only makes more of them equal.
//!
//! A mutator that needs slots claims some, in this order:
//!
//! 1. free runs: what is left of a word after a smaller claim, and what mutators gave back;
//! 2. the next word of a span that is swept and has one left (`partial`), or, for one that needs more slots than that has,
//!    several in a row: then threads that allocate the same seldom meet, neither at the lock nor in a cache line of a bitmap;
//! 3. a span that the last cycle left to sweep: it is swept now, by the mutator;
//! 4. a new span.
//!
//! # Invariants
//!
//! 1. No two classes of a heap have equal [`Content`], and each knows its place among them.
//! 2. Every span of the class is in `spans`, with its own place; those in `partial` are swept; those to sweep
//!    are in `to_sweep`, unless somebody has just taken them out to sweep them.
//! 3. No slot is in two free runs, and none of a free run is taken.

use core::ptr::NonNull;

use super::arena::Bitmap;
use super::span::Span;
use super::span_list::{ALL, PARTIAL, SpanList};
use super::sweep_state::Generation;
use crate::layout::{MAX_SMALL_BYTES, MAX_SPAN_PAGES, PAGE_BYTES};
use crate::object::{DropFn, DropKind, DropWalk, OwnedFn, TypeInfo};
use crate::owned::Owned;
use crate::sync::{Mutex, MutexGuard, Rank};
use crate::trace::{PartsFn, TraceFn, Tracer};

/// What identifies a class.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Content {
    slot_bytes: usize,
    mask: &'static [u64],
    /// Address of the tail function, or zero.
    tail: usize,
    /// Address of the drop function, or zero.
    drop: usize,
    /// Addresses of the functions that name the type and its parts, where types are told apart; else zero. A name alone
    /// may be that of two types.
    names: [usize; 2],
}

impl Content {
    pub(super) fn new(info: &TypeInfo, slot_bytes: usize, tells_apart: bool) -> Self {
        let (tail, drop) = (info.tail.map_or(0, |f| f as usize), info.drop.map_or(0, |f| f as usize));
        let names =
            if tells_apart { [info.name as usize, info.parts.map_or(0, |f| f as usize)] } else { [0; 2] };
        Self { slot_bytes, mask: info.mask, tail, drop, names }
    }
}

/// Some slots of one bitmap word that a mutator owns until it gives them back.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Claim {
    pub(super) span: NonNull<Span>,
    pub(super) word: usize,
    /// The slots.
    pub(crate) slots: u64,
    /// Address of the word's first slot.
    pub(crate) start: *mut u8,
}

impl Claim {
    pub(super) fn new(span: &Span, word: usize, slots: u64) -> Self {
        Self { span: NonNull::from(span), word, slots, start: span.slot(word * 64) }
    }

    /// Some slots of a word that comes so many words later in the span, and is claimed, too.
    pub(crate) fn later(&self, words: usize, slots: u64) -> Self {
        // SAFETY: a span with a claim is not given up.
        Self::new(unsafe { self.span.as_ref() }, self.word + words, slots)
    }

    /// Whether a slot of it is taken.
    pub(super) fn is_taken(&self) -> bool {
        // SAFETY: a span with a claim or a free run is not given up.
        unsafe { self.span.as_ref() }.load(Bitmap::Allocs, self.word) & self.slots != 0
    }

    /// Makes objects of slots of the claim: they are taken from now on.
    ///
    /// # Safety
    ///
    /// The slots are of this claim, which was not given back, and hold values of the class.
    pub(crate) unsafe fn commit(&self, slots: u64) {
        debug_assert_eq!(slots & !self.slots, 0, "only claimed slots can be taken");
        // SAFETY: a span with a claim is not given up.
        unsafe { self.span.as_ref() }.slot_word(self.word).commit(slots);
    }

    /// Marks objects of the claim.
    ///
    /// # Safety
    ///
    /// As for [`commit`](Self::commit), which follows before the world is stopped; a cycle is marking.
    pub(super) unsafe fn mark(&self, slots: u64) {
        // SAFETY: a span with a claim is not given up.
        unsafe { self.span.as_ref() }.slot_word(self.word).mark(slots);
    }
}

/// The spans of a class.
#[derive(Debug, Default)]
pub(super) struct Spans {
    /// The heap's sweep generation, as far as the class knows: it grows together with `to_sweep`.
    pub(super) generation: Generation,
    /// All of them.
    pub(super) all: SpanList<ALL>,
    /// Those that the last cycle left to sweep and nobody has taken out yet.
    pub(super) to_sweep: Vec<NonNull<Span>>,
    /// Swept ones that may have an unclaimed word with free slots.
    pub(super) partial: SpanList<PARTIAL>,
    /// Free slots of words that are claimed.
    pub(super) free_runs: Vec<Claim>,
}

impl Spans {
    /// Claims at most `most` free slots of what is swept: of one word, and all of some words that follow it. The slots of
    /// those, which may be none, are added to `later`, which is empty: those of the next word last.
    fn claim(&mut self, most: u32, later: &mut Vec<u64>) -> Option<Claim> {
        let mut claim = match self.free_runs.pop() {
            Some(run) => {
                self.claim_runs_after(run, most.saturating_sub(run.slots.count_ones()), later);
                run
            }
            None => self.claim_words(most, later)?,
        };
        let mut kept = claim.slots;
        while kept.count_ones() > most {
            // The highest bit: low slots first.
            kept &= !(1 << (63 - kept.leading_zeros()));
        }
        if kept != claim.slots {
            self.free_runs.push(Claim { slots: claim.slots & !kept, ..claim });
            claim.slots = kept;
        }
        Some(claim)
    }

    /// Gives up room in lists that were longer once.
    pub(super) fn shrink(&mut self) {
        self.all.shrink();
        self.to_sweep.shrink_to_fit();
        self.partial.shrink();
        self.free_runs.shrink_to_fit();
    }

    /// Claims runs that lie in words after that of `first`, as they do when a mutator has given them back: at most `most`
    /// slots.
    fn claim_runs_after(&mut self, first: Claim, mut most: u32, later: &mut Vec<u64>) {
        while let Some(run) = self.free_runs.last().filter(|run| run.span == first.span) {
            let words_between = run.word.checked_sub(first.word + 1).filter(|&words| words >= later.len());
            let Some((words, left)) = words_between.zip(most.checked_sub(run.slots.count_ones())) else {
                break;
            };
            later.resize(words, 0);
            later.push(run.slots);
            most = left;
            self.free_runs.pop();
        }
        later.reverse();
    }

    fn claim_words(&mut self, most: u32, later: &mut Vec<u64>) -> Option<Claim> {
        while let Some(span) = self.partial.last() {
            if let Some((word, slots)) = span.claim_word() {
                span.claim_words_after(most.saturating_sub(slots.count_ones()), later);
                return Some(Claim::new(span, word, slots));
            }
            self.partial.pop();
        }
        None
    }
}

/// A span class and its spans.
#[derive(Debug)]
pub(crate) struct Class {
    pub(super) content: Content,
    /// Its place among the classes of the heap.
    pub(super) number: usize,
    /// Size of a slot in bytes.
    pub(crate) slot_bytes: usize,
    /// Which words of an object are edges.
    pub(crate) mask: &'static [u64],
    /// Reports the other edges.
    pub(crate) tail: Option<TraceFn>,
    /// Drops an object.
    pub(super) drop: Option<DropFn>,
    /// What runs in `drop`.
    pub(super) drop_kind: DropKind,
    /// What an object owns elsewhere.
    pub(crate) owned: Option<OwnedFn>,
    /// Whether that may change as long as it lives: then each cycle asks it. Else it is as at the object's birth.
    pub(crate) owns_changing: bool,
    /// Says where in an object edges lie, for reports. None where types are not told apart: an object of another type must
    /// not be taken for one of the first.
    pub(crate) parts: Option<PartsFn>,
    /// Name of the first type of this content, for reports.
    pub(crate) name: fn() -> &'static str,
    spans: Mutex<Spans>,
}

impl Class {
    pub(super) fn new(number: usize, content: Content, info: &TypeInfo, generation: Generation) -> Self {
        let slot_bytes = content.slot_bytes;
        let parts = if content.names == [0; 2] { None } else { info.parts };
        let mut walk = DropWalk::default();
        let drop_kind = match info.drop {
            None => DropKind::None,
            Some(_) => (info.drop_kind)(&mut walk).max(DropKind::Library),
        };
        let owns_changing = info.owned.is_some() && walk.owns_changing;
        // What is asked by each cycle is visited by each cycle.
        let tail = info.tail.or(owns_changing.then_some(no_tail as TraceFn));
        Self {
            content,
            number,
            slot_bytes,
            mask: info.mask,
            tail,
            drop: info.drop,
            drop_kind,
            owned: info.owned,
            owns_changing,
            parts,
            name: info.name,
            spans: Mutex::new(Rank::Class, Spans { generation, ..Spans::default() }),
        }
    }

    /// The type of its objects, where types are told apart.
    pub(super) fn type_name(&self) -> Option<&'static str> {
        (self.content.names != [0; 2]).then(self.name)
    }

    /// Which sum counts what its objects own.
    pub(crate) fn owned_kind(&self) -> Owned {
        if self.owns_changing { Owned::Changing } else { Owned::Settled }
    }

    /// Whether its objects are not visited: they hold no edges, and own nothing that changes.
    pub(super) fn is_leaf(&self) -> bool {
        self.mask.is_empty() && self.tail.is_none()
    }

    /// Whether its objects are dropped by code.
    #[cfg(feature = "capi")]
    pub(crate) fn has_drop(&self) -> bool {
        self.drop.is_some()
    }

    /// Whether an object has a span of its own.
    pub(super) fn is_large(&self) -> bool {
        self.slot_bytes > MAX_SMALL_BYTES
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Spans> {
        self.spans.lock()
    }

    /// Claims at most `most` free slots of what is swept: [`Spans::claim`].
    pub(super) fn claim(&self, most: u32, later: &mut Vec<u64>) -> Option<Claim> {
        self.lock().claim(most, later)
    }

    /// Takes back slots that a mutator claimed and did not use. Those that come last are the first to be claimed again.
    pub(crate) fn give_back(&self, unused: impl IntoIterator<Item = Claim>) {
        let mut unused = unused.into_iter().filter(|claim| claim.slots != 0).peekable();
        if unused.peek().is_some() {
            self.lock().free_runs.extend(unused);
        }
    }

    /// Pages for the next span: few for the first, as most classes have few objects, then as many as the class
    /// has, and never so few that more than an eighth is lost at the end.
    pub(super) fn next_span_pages(&self) -> usize {
        if self.is_large() {
            return self.slot_bytes.div_ceil(PAGE_BYTES);
        }
        let have: usize = self.lock().all.iter().take(MAX_SPAN_PAGES).map(|span| span.run().n_pages).sum();
        let mut pages = have.clamp(1, MAX_SPAN_PAGES);
        while pages < MAX_SPAN_PAGES && pages * PAGE_BYTES % self.slot_bytes > pages * PAGE_BYTES / 8 {
            pages += 1;
        }
        pages
    }
}

/// Of objects that hold no edges.
unsafe fn no_tail(_: *const u8, _: &mut Tracer) {}

// SAFETY: spans are shared, all that changes in them is atomic; the lists are locked.
unsafe impl Send for Spans {}
// SAFETY: a claim is the right of whoever holds it to use its slots.
unsafe impl Send for Claim {}

#[cfg(all(test, not(loom)))]
mod tests {
    use std::collections::HashSet;

    use super::Claim;
    use crate::memory::Memory;
    use crate::object::TypeInfo;

    static INFO: TypeInfo = TypeInfo::by_hand(48);

    /// Claims slots: a claim for each word.
    fn claim(memory: &Memory, most: u32) -> Vec<Claim> {
        let mut later = Vec::new();
        let first = memory.claim(memory.class_of(&INFO, INFO.slot_bytes), most, &mut later).unwrap();
        let after = (1..).zip(later.into_iter().rev()).map(|(words, slots)| first.later(words, slots));
        [first].into_iter().chain(after).filter(|claim| claim.slots != 0).collect()
    }

    fn slots(claims: &[Claim]) -> Vec<usize> {
        let of_word = |claim: &Claim| {
            let (start, slots) = (claim.start.addr(), claim.slots);
            (0..64).filter(move |bit| slots >> bit & 1 == 1).map(move |bit| start + bit * INFO.slot_bytes)
        };
        claims.iter().flat_map(of_word).collect()
    }

    /// Gives back as a mutator does: what comes first is the first to be claimed again.
    fn give_back(memory: &Memory, claims: Vec<Claim>) {
        memory.class_of(&INFO, INFO.slot_bytes).give_back(claims.into_iter().rev());
    }

    /// Claims of all sizes are given back in any order, in part.
    #[test]
    fn no_slot_is_claimed_twice() {
        let memory = Memory::new(usize::MAX, false);
        let (mut random, mut claimed, mut all) = (7_u64, Vec::<Vec<Claim>>::new(), HashSet::new());
        let mut below = |n: usize| {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (random >> 33) as usize % n
        };
        for _ in 0..5000 {
            if below(5) < 3 {
                let most = 1 << below(13);
                let new = claim(&memory, most);
                let made = slots(&new);
                assert!((1..=most as usize).contains(&made.len()), "{} of {most}", made.len());
                assert!(made.into_iter().all(|slot| all.insert(slot)), "a slot is claimed twice");
                claimed.push(new);
            } else if !claimed.is_empty() {
                let mut old = claimed.swap_remove(below(claimed.len()));
                // A part of each word stays somebody's for ever.
                let kept = if below(2) == 0 { 0 } else { 0xff << below(57) };
                old.iter_mut().for_each(|claim| claim.slots &= !kept);
                slots(&old).iter().for_each(|slot| assert!(all.remove(slot)));
                give_back(&memory, old);
            }
        }
    }

    /// So a thread that comes after another one takes the lock as seldom.
    #[test]
    fn what_is_given_back_is_claimed_at_once() {
        let memory = Memory::new(usize::MAX, false);
        // Until spans are as large as they become.
        while claim(&memory, 2000).len() < 20 {}
        let claims = claim(&memory, 700);
        let (n, before) = (claims.len(), slots(&claims));
        assert!(n >= 10 && before.len() > 700 - 64, "{n} words, {} slots", before.len());
        give_back(&memory, claims);
        assert!(slots(&claim(&memory, 700)) == before, "not the same slots");
    }

    /// As where words have some free slots each.
    #[test]
    fn a_claim_goes_over_words_until_it_has_enough() {
        let memory = Memory::new(usize::MAX, false);
        let mut claims = Vec::new();
        while claims.len() < 20 {
            claims = claim(&memory, 2000);
        }
        claims.iter_mut().for_each(|claim| claim.slots &= 0b1001);
        give_back(&memory, claims);
        assert_eq!([5, 10, 2].map(|most| slots(&claim(&memory, most)).len()), [4, 10, 2]);
    }
}
