//! What a mutator allocates from: the words that it has claimed.
//!
//! For each class that the thread uses there is a [`Runs`]: the current run of free slots, through which
//! allocation bumps, and the rest of the claimed word. A table indexed by a constant hash of the content
//! leads from a type to its `Runs`; its key is the address of the type info, which is no identity (there may
//! be several copies), so that a miss looks up the content, and duplicates end at the same `Runs`.

use core::cell::Cell;
use core::ptr::{NonNull, null, null_mut};
use std::collections::HashMap;

use crate::error::AllocError;
use crate::memory::{Claim, ClassId, Memory};
use crate::object::{CACHE_SLOTS, TypeInfo};
use crate::sync::Mutex;

/// The free slots of one class that the thread owns.
#[derive(Debug)]
pub(crate) struct Runs {
    /// The next free slot of the current run.
    next: *mut u8,
    /// End of the current run.
    end: *mut u8,
    slot_bytes: usize,
    /// The word that the run is in.
    claim: Option<Claim>,
    /// Free slots of the word after the current run.
    later: u64,
    class: ClassId,
}

impl Runs {
    fn new(class: ClassId, slot_bytes: usize) -> Self {
        Self { next: null_mut(), end: null_mut(), slot_bytes, claim: None, later: 0, class }
    }

    /// Takes a slot of the current run.
    #[inline]
    fn bump(&mut self) -> Option<NonNull<u8>> {
        if self.next == self.end {
            return None;
        }
        let slot = self.next;
        self.next = slot.wrapping_add(self.slot_bytes);
        NonNull::new(slot)
    }

    #[cold]
    fn bump_slow(&mut self, memory: &Mutex<Memory>) -> Result<NonNull<u8>, AllocError> {
        if self.later == 0 {
            let claim = memory.lock().claim(self.class)?;
            (self.later, self.claim) = (claim.free, Some(claim));
        }
        let claim = self.claim.expect("a word with free slots is claimed");
        let first = self.later.trailing_zeros();
        let length = (self.later >> first).trailing_ones();
        let slot = |index: u32| claim.start.wrapping_add(index as usize * self.slot_bytes);
        (self.next, self.end) = (slot(first), slot(first + length));
        // Clears the run's bits; the shift by 64 of a full word is done in two steps.
        self.later = (self.later >> first >> (length - 1) >> 1) << (length - 1) << 1 << first;
        Ok(self.bump().expect("a run has slots"))
    }

    /// Gives the word back to memory.
    fn give_back(&mut self, memory: &mut Memory) {
        let Some(claim) = self.claim.take() else { return };
        let index = |at: *mut u8| (at.addr() - claim.start.addr()) / self.slot_bytes;
        let run = (index(self.next)..index(self.end)).fold(0, |bits, slot| bits | 1 << slot);
        memory.unclaim(self.class, claim, run | self.later);
        (self.next, self.end, self.later) = (null_mut(), null_mut(), 0);
    }
}

/// Everything that a mutator allocates from.
#[derive(Debug)]
pub(crate) struct Local {
    /// Type info to runs, by the constant hash.
    table: Box<[(*const TypeInfo, *mut Runs); CACHE_SLOTS]>,
    /// Type info and slot size to runs: what the table has no room for, and slices.
    by_info: HashMap<(*const TypeInfo, usize), *mut Runs>,
    /// One for each class that the thread has used.
    #[expect(clippy::vec_box, reason = "the tables point at them, so they must not move")]
    runs: Vec<Box<Runs>>,
    /// Objects and bytes allocated since the last flush.
    pub(super) objects: Cell<u64>,
    pub(super) bytes: Cell<u64>,
}

impl Local {
    pub(super) fn new() -> Self {
        Self {
            table: Box::new([(null(), null_mut()); CACHE_SLOTS]),
            by_info: HashMap::new(),
            runs: Vec::new(),
            objects: Cell::new(0),
            bytes: Cell::new(0),
        }
    }

    /// Takes a slot for an object of this type.
    #[inline]
    pub(crate) fn object(
        &mut self,
        info: &'static TypeInfo,
        memory: &Mutex<Memory>,
    ) -> Result<NonNull<u8>, AllocError> {
        let (key, runs) = self.table[info.cache_index];
        let runs = if core::ptr::eq(key, info) { runs } else { self.object_runs_slow(info, memory) };
        // SAFETY: the tables point at boxes in `self.runs`, which live as long as `self`.
        unsafe { self.bump(runs, memory) }
    }

    /// Takes a slot of `slot_bytes` bytes for a slice of this element type.
    pub(crate) fn slice(
        &mut self,
        info: &'static TypeInfo,
        slot_bytes: usize,
        memory: &Mutex<Memory>,
    ) -> Result<NonNull<u8>, AllocError> {
        let runs = self.runs_of(info, slot_bytes, memory);
        // SAFETY: as in `object`.
        unsafe { self.bump(runs, memory) }
    }

    /// # Safety
    ///
    /// `runs` points into `self.runs`.
    #[inline]
    unsafe fn bump(&mut self, runs: *mut Runs, memory: &Mutex<Memory>) -> Result<NonNull<u8>, AllocError> {
        // SAFETY: the caller's duty.
        let runs = unsafe { &mut *runs };
        let slot = match runs.bump() {
            Some(slot) => slot,
            None => runs.bump_slow(memory)?,
        };
        self.objects.set(self.objects.get() + 1);
        self.bytes.set(self.bytes.get() + runs.slot_bytes as u64);
        Ok(slot)
    }

    #[cold]
    fn object_runs_slow(&mut self, info: &'static TypeInfo, memory: &Mutex<Memory>) -> *mut Runs {
        let runs = self.runs_of(info, info.slot_bytes, memory);
        self.table[info.cache_index] = (info, runs);
        runs
    }

    fn runs_of(&mut self, info: &'static TypeInfo, slot_bytes: usize, memory: &Mutex<Memory>) -> *mut Runs {
        let all = &mut self.runs;
        *self.by_info.entry((info, slot_bytes)).or_insert_with(|| {
            let class = memory.lock().class_of(info, slot_bytes);
            if let Some(known) = all.iter_mut().find(|runs| runs.class == class) {
                return &raw mut **known;
            }
            all.push(Box::new(Runs::new(class, slot_bytes)));
            &raw mut **all.last_mut().expect("just pushed")
        })
    }

    /// Gives all claimed words back.
    pub(super) fn give_back(&mut self, memory: &mut Memory) {
        for runs in &mut self.runs {
            runs.give_back(memory);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Local, Runs};
    use crate::memory::Memory;
    use crate::object::Describe;
    use crate::sync::{Mutex, Rank};

    #[test]
    fn runs_follow_the_free_slots_of_a_word() {
        let memory = Mutex::new(Rank::Memory, Memory::new(usize::MAX));
        let mut local = Local::new();
        let info = <[u64; 4]>::INFO;
        let slots: Vec<_> = (0..200).map(|_| local.object(info, &memory).unwrap()).collect();
        let mut distinct: Vec<_> = slots.clone();
        distinct.sort_unstable();
        distinct.dedup();
        assert_eq!(distinct.len(), 200);
        local.give_back(&mut memory.lock());
        let mut other = Local::new();
        let next = other.object(info, &memory).unwrap();
        assert!(!slots.contains(&next), "a slot that was used is not free");
    }

    #[test]
    fn what_is_given_back_is_used_again() {
        let memory = Mutex::new(Rank::Memory, Memory::new(usize::MAX));
        for _ in 0..10_000 {
            let mut local = Local::new();
            local.object(<[u64; 4]>::INFO, &memory).unwrap();
            local.give_back(&mut memory.lock());
        }
        // 10,000 objects of 32 bytes, and less than one page and the doubling of spans lost.
        assert!(memory.lock().bytes_in_use() < 2 * 10_000 * 32);
    }

    #[test]
    fn holes_in_a_word_are_skipped() {
        let memory = Mutex::new(Rank::Memory, Memory::new(usize::MAX));
        let (class, claim) = {
            let mut memory = memory.lock();
            let class = memory.class_of(<[u64; 4]>::INFO, 32);
            (class, memory.claim(class).unwrap())
        };
        let holes = (0b1011 << 60) | 0b0110_0110;
        memory.lock().unclaim(class, claim, holes);
        let mut runs = Runs::new(class, 32);
        let got: Vec<_> = (0..7)
            .map(|_| {
                let slot = runs.bump().unwrap_or_else(|| runs.bump_slow(&memory).unwrap());
                (slot.as_ptr().addr() - claim.start.addr()) / 32
            })
            .collect();
        assert_eq!(got, [1, 2, 5, 6, 60, 61, 63]);
    }
}
