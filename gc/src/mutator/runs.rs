//! Runs: the free slots of one class that a mutator owns, and the bump through them.
//!
//! A mutator claims some slots of a bitmap word, or of several words in a row, and takes them in runs of neighbours. That its
//! slots are taken is told to the span when those of a word are used up or the claim ends, at the latest at the next stop:
//! then for all slots that were handed out.

use core::ptr::{NonNull, null_mut};

use super::record::Record;
use crate::error::AllocErrorKind;
use crate::layout::{MAX_SPAN_PAGES, PAGE_BYTES};
use crate::memory::{Claim, Class, Memory};
use crate::special::Ahead;

/// Slots of the first claim of a class; each further one claims as many as all before, up to [`most_at_once`]. So a thread
/// that makes few objects of a class leaves the rest of its page to others.
const FIRST_CLAIM: u32 = 8;

/// A claim takes such a part of what is left until a cycle is due in any case, or a limit is reached: what is claimed is
/// there for nobody else until it is given back, and counts as allocated.
const CLAIMS_OF_A_CYCLE: u64 = 128;
/// The least that this comes to, in a small heap, and the most: a whole span. Threads that allocate the same meet once a
/// claim, at the class's lock and in lines of its bitmaps, and for two of them that is a fifth of the time with 32 KiB.
const LEAST_BYTES: u64 = 32 << 10;
const MOST_BYTES: u64 = (MAX_SPAN_PAGES * PAGE_BYTES) as u64;

/// The most slots to claim at once when so many bytes are left: a word's at least.
fn most_at_once(slot_bytes: usize, left: u64) -> u32 {
    let bytes = (left / CLAIMS_OF_A_CYCLE).clamp(LEAST_BYTES, MOST_BYTES);
    u32::try_from(bytes / slot_bytes as u64).expect("at most a span").max(64)
}

/// The free slots of one class that a thread owns.
#[derive(Debug)]
pub(super) struct Runs {
    /// The next free slot of the current run; null if there is none.
    next: *mut u8,
    /// End of the current run; null exactly if `next` is.
    end: *mut u8,
    /// Free slots of the claim after the current run.
    later: u64,
    /// The class and what is claimed of the word that the run lies in; none before the first use and after a stop.
    claimed: Option<(NonNull<Class>, Claim)>,
    /// What is claimed of the words after it: their slots, the next word's last. As they were free when they were claimed:
    /// one that has become free since, when a destructor had run, is somebody else's.
    words: Vec<u64>,
    /// Slots claimed since the last stop.
    had: u32,
    /// Objects of the word that were counted already.
    counted: u32,
    /// Objects of words before it of which the counters have not been told.
    untold: u64,
    /// Bytes that objects own elsewhere of which the counters have not been told. None where nothing is claimed.
    pub(super) owned: i64,
    /// What comes before the next slot that is sampled, of the slots after the current run.
    ahead: Ahead,
}

impl Runs {
    pub(super) const fn empty() -> Self {
        Self {
            next: null_mut(),
            end: null_mut(),
            later: 0,
            claimed: None,
            words: Vec::new(),
            had: 0,
            counted: 0,
            untold: 0,
            owned: 0,
            ahead: Ahead::UNKNOWN,
        }
    }

    /// Takes a slot of the current run.
    #[inline]
    pub(super) fn bump(&mut self, slot_bytes: usize) -> Option<NonNull<u8>> {
        let slot = self.next;
        if slot == self.end {
            return None;
        }
        self.next = slot.wrapping_add(slot_bytes);
        // SAFETY: a run that has not ended lies in a span.
        Some(unsafe { NonNull::new_unchecked(slot) })
    }

    /// Takes a slot when the current run has none: of the next run, the next word, or a new claim.
    #[cold]
    #[inline(never)]
    pub(super) fn bump_slow(
        &mut self,
        class: &Class,
        record: &Record,
    ) -> Result<NonNull<u8>, AllocErrorKind> {
        if self.later == 0 && !self.go_on(&record.core.memory) {
            self.end_claim(&record.core.memory);
            let most = most_at_once(class.slot_bytes, record.core.left());
            let claim = record.claim(class, self.had.clamp(FIRST_CLAIM, most), &mut self.words)?;
            self.had = self.had.saturating_add(n_slots(&claim, &self.words));
            (self.later, self.claimed) = (claim.slots, Some((NonNull::from(class), claim)));
        }
        let (_, claim) = self.claimed.expect("slots are left of a claim");
        let first = self.later.trailing_zeros();
        let free = (self.later >> first).trailing_ones();
        let profiler = &record.core.memory.specials.profiler;
        let before_sample = profiler.before_sample(&mut self.ahead, class.slot_bytes, free);
        // A slot that is sampled is a run of its own.
        let length = before_sample.max(1);
        let slot = |index: u32| claim.start.wrapping_add(index as usize * class.slot_bytes);
        (self.next, self.end) = (slot(first), slot(first + length));
        self.later &= !bits(first, length);
        if before_sample == 0 {
            let slot = NonNull::new(self.next).expect("a run has slots");
            // SAFETY: claimed by this thread.
            unsafe { record.core.memory.sample(slot, class) };
        }
        Ok(self.bump(class.slot_bytes).expect("a run has slots"))
    }

    /// The slots of the current run that were not handed out, as the first and how many.
    fn rest(&self, class: &Class, claim: &Claim) -> (u32, u32) {
        let index = |at: *mut u8| {
            u32::try_from((at.addr() - claim.start.addr()) / class.slot_bytes).expect("a word has 64 slots")
        };
        // Mostly all are, and a division takes its time.
        if self.next == self.end {
            return (0, 0);
        }
        (index(self.next), index(self.end) - index(self.next))
    }

    /// Tells the counters of objects handed out since the last time.
    pub(super) fn count(&mut self, memory: &Memory) {
        let Some((class, claim)) = self.claimed else { return };
        // SAFETY: classes live as long as the memory.
        let class = unsafe { class.as_ref() };
        let (first, length) = self.rest(class, &claim);
        let made = (claim.slots & !(self.later | bits(first, length))).count_ones();
        let fresh = core::mem::take(&mut self.untold) + u64::from(made - self.counted);
        memory.counters.note_allocated(fresh, class.slot_bytes as u64);
        self.counted = made;
        memory.counters.owned.note(class.owned_kind(), core::mem::take(&mut self.owned));
    }

    /// What was handed out of the word is taken. Returns the rest of what was claimed of it.
    fn end_word(&mut self, class: &Class, claim: &Claim, memory: &Memory) -> Claim {
        let (first, length) = self.rest(class, claim);
        self.ahead.give_back(length);
        let free = self.later | bits(first, length);
        let made = claim.slots & !free;
        if memory.birth.is_black() {
            // SAFETY: as below; a cycle is marking.
            unsafe { memory.mark_new(claim, class, made) };
        }
        // SAFETY: all other slots were handed out, and their values are finished or have no drop glue (`alloc`).
        unsafe { claim.commit(made) };
        self.untold += u64::from(made.count_ones() - self.counted);
        self.counted = 0;
        (self.next, self.end, self.later) = (null_mut(), null_mut(), 0);
        claim.later(0, free)
    }

    /// Goes on to the next word of what is claimed, when nothing is left of this one. Takes no lock. False if there is none.
    fn go_on(&mut self, memory: &Memory) -> bool {
        let Some((class, claim)) = self.claimed else { return false };
        let all = self.words.len();
        // What was full when it was claimed has nothing.
        while self.words.pop_if(|slots| *slots == 0).is_some() {}
        let Some(slots) = self.words.pop() else { return false };
        // SAFETY: classes live as long as the memory.
        self.end_word(unsafe { class.as_ref() }, &claim, memory);
        self.later = slots;
        self.claimed = Some((class, claim.later(all - self.words.len(), slots)));
        true
    }

    /// Ends the claim: what was handed out is taken, what was not is given back.
    pub(super) fn end_claim(&mut self, memory: &Memory) {
        self.count(memory);
        let Some((class, claim)) = self.claimed.take() else { return };
        // SAFETY: classes live as long as the memory.
        let class = unsafe { class.as_ref() };
        let rest = self.end_word(class, &claim, memory);
        let unused = u64::from(n_slots(&rest, &self.words)) * class.slot_bytes as u64;
        memory.counters.note_given_back(unused);
        let n = self.words.len();
        let words = self.words.drain(..).enumerate().map(|(i, slots)| claim.later(n - i, slots));
        class.give_back(words.chain([rest]));
    }

    /// As [`end_claim`](Self::end_claim), at a stop: the next cycle decides anew how much to claim.
    pub(super) fn flush(&mut self, memory: &Memory) {
        self.end_claim(memory);
        self.had = 0;
    }
}

/// Slots of a claim, with those of words after it.
fn n_slots(claim: &Claim, words: &[u64]) -> u32 {
    words.iter().fold(claim.slots.count_ones(), |sum, slots| sum + slots.count_ones())
}

/// `length` bits from `first` on; 64 of them at most.
fn bits(first: u32, length: u32) -> u64 {
    if length == 0 { 0 } else { (u64::MAX >> (64 - length)) << first }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::most_at_once;

    #[test]
    fn claims_are_larger_where_much_may_be_allocated() {
        let claimed = |left: u64| most_at_once(16, left) * 16;
        assert_eq!(
            [0, 4 << 20, 8 << 20, 16 << 20, u64::MAX].map(claimed),
            [32, 32, 64, 128, 128].map(|kib| kib << 10)
        );
        assert_eq!([16 << 10, 1 << 30].map(|slot_bytes| most_at_once(slot_bytes, u64::MAX)), [64; 2]);
    }
}
