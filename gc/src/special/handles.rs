//! The weak records of one span.
//!
//! Where many slots have one they lie in an array by slot, a word for each slot: it is smaller than a table then, never
//! grows, and finding a place in it touches nothing else. Elsewhere, and for offsets at which no slot begins, they lie in
//! a table by offset. (Like the two parts of a table in Lua; Ierusalimschy et al., The Implementation of Lua 5.0.)

use core::ptr::NonNull;

use super::Handle;
use crate::table::Table;

/// How a span is cut.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cut {
    pub(crate) slot_bytes: usize,
    pub(crate) n_slots: usize,
}

impl Cut {
    /// The slot that begins at an offset in a slot, if one does.
    #[inline]
    fn slot_at(self, offset: usize) -> Option<usize> {
        let slot = offset / self.slot_bytes;
        debug_assert!(slot < self.n_slots, "records are about objects");
        (slot * self.slot_bytes == offset).then_some(slot)
    }

    /// Whether an array is smaller than a table of so many records, which has two places of two words for each.
    fn is_array_smaller(self, n_records: usize) -> bool {
        n_records * 4 >= self.n_slots
    }

    /// Whether it is larger by so much that few records more will not make it smaller.
    fn is_array_larger(self, n_records: usize) -> bool {
        n_records * 16 < self.n_slots
    }
}

/// The weak records of one span.
///
/// # Invariants
///
/// 1. If there is an array it has all records of offsets at which slots begin, and the table has none of these.
/// 2. `n_of_slots` is the number of records of such offsets, wherever they lie.
#[derive(Debug)]
pub(super) struct Handles {
    cut: Cut,
    /// By slot; empty if there is no array.
    by_slot: Box<[Option<NonNull<Handle>>]>,
    n_of_slots: usize,
    by_offset: Table<NonNull<Handle>>,
}

impl Handles {
    pub(super) fn new(cut: Cut) -> Self {
        Self { cut, by_slot: Box::default(), n_of_slots: 0, by_offset: Table::default() }
    }

    pub(super) fn len(&self) -> usize {
        let in_array = if self.by_slot.is_empty() { 0 } else { self.n_of_slots };
        in_array + self.by_offset.len()
    }

    /// The place of an offset in the array, if it has one there.
    #[inline]
    fn in_array(&self, offset: usize) -> Option<usize> {
        if self.by_slot.is_empty() { None } else { self.cut.slot_at(offset) }
    }

    /// The handle of an offset. If there is none, what `make` gives becomes it.
    #[inline]
    pub(super) fn get_or_make(
        &mut self,
        offset: usize,
        make: impl FnOnce() -> Option<NonNull<Handle>>,
    ) -> Option<NonNull<Handle>> {
        let Some(slot) = self.in_array(offset) else { return self.get_or_make_by_offset(offset, make) };
        let place = &mut self.by_slot[slot];
        if place.is_none() {
            *place = Some(make()?);
            self.n_of_slots += 1;
        }
        *place
    }

    fn get_or_make_by_offset(
        &mut self,
        offset: usize,
        make: impl FnOnce() -> Option<NonNull<Handle>>,
    ) -> Option<NonNull<Handle>> {
        let before = self.by_offset.len();
        let handle = *self.by_offset.get_or_make(offset, make)?;
        // With an array it is none of a slot.
        let is_new = self.by_offset.len() > before;
        if is_new && self.by_slot.is_empty() && self.cut.slot_at(offset).is_some() {
            self.n_of_slots += 1;
            if self.cut.is_array_smaller(self.n_of_slots) {
                self.make_array();
            }
        }
        Some(handle)
    }

    /// Moves the records of slots to an array.
    #[cold]
    fn make_array(&mut self) {
        let cut = self.cut;
        self.by_slot = core::iter::repeat_n(None, cut.n_slots).collect();
        for (offset, handle) in self.by_offset.extract(|offset, _| cut.slot_at(offset).is_some()) {
            self.by_slot[offset / cut.slot_bytes] = Some(handle);
        }
    }

    /// Takes out the records that `is_due` says.
    pub(super) fn extract(&mut self, is_due: impl Fn(usize) -> bool) -> Vec<(usize, NonNull<Handle>)> {
        let cut = self.cut;
        let mut taken = self.by_offset.extract(|offset, _| is_due(offset));
        let due = |(slot, place): (usize, &mut Option<NonNull<Handle>>)| {
            let offset = slot * cut.slot_bytes;
            place.take_if(|_| is_due(offset)).map(|handle| (offset, handle))
        };
        taken.extend(self.by_slot.iter_mut().enumerate().filter_map(due));
        self.n_of_slots -= taken.iter().filter(|&&(offset, _)| cut.slot_at(offset).is_some()).count();
        if cut.is_array_larger(self.n_of_slots) {
            for (slot, handle) in core::mem::take(&mut self.by_slot).into_iter().enumerate() {
                handle.map(|handle| self.by_offset.insert(slot * cut.slot_bytes, handle));
            }
        }
        taken
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (usize, NonNull<Handle>)> {
        let slot_bytes = self.cut.slot_bytes;
        let in_array = self.by_slot.iter().enumerate();
        let in_array = in_array.filter_map(move |(slot, handle)| Some((slot * slot_bytes, (*handle)?)));
        in_array.chain(self.by_offset.iter().map(|(offset, handle)| (offset, *handle)))
    }

    /// Asserts the invariants.
    pub(super) fn check(&self) {
        self.by_offset.check();
        let astray = |offset| !self.by_slot.is_empty() && self.cut.slot_at(offset).is_some();
        assert!(self.by_offset.iter().all(|(offset, _)| !astray(offset)), "handle invariant 1");
        let of_slots = self.iter().filter(|&(offset, _)| self.cut.slot_at(offset).is_some());
        assert_eq!(of_slots.count(), self.n_of_slots, "handle invariant 2");
        assert!(self.by_slot.is_empty() || self.by_slot.len() == self.cut.n_slots);
    }
}

#[cfg(test)]
mod tests {
    use super::{Cut, Handles};
    use core::ptr::NonNull;
    use std::collections::HashMap;

    /// Numbers that follow from one another.
    fn dice(state: &mut u64) -> usize {
        *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        usize::try_from(*state >> 40).unwrap()
    }

    #[test]
    fn handles_are_what_a_map_is() {
        let (mut state, mut arrays, mut tables) = (1, 0, 0);
        for (slot_bytes, n_slots, distance) in
            [(16, 1024, 16), (48, 341, 24), (4096, 2, 1), (1 << 21, 1, 1 << 12)]
        {
            let mut handles = Handles::new(Cut { slot_bytes, n_slots });
            let mut model = HashMap::new();
            for round in 0..4000_usize {
                let offset = dice(&mut state) % (slot_bytes * n_slots / distance) * distance;
                // An address that nobody follows.
                let fresh = NonNull::new(core::ptr::without_provenance_mut((round + 1) * 16)).unwrap();
                match dice(&mut state) % 64 {
                    0 => {
                        let limit = dice(&mut state) % 8;
                        let is_due = |offset: usize| offset / distance % 8 < limit;
                        let mut taken = handles.extract(is_due);
                        let mut expected: Vec<_> = model.extract_if(|&offset, _| is_due(offset)).collect();
                        taken.sort_unstable();
                        expected.sort_unstable();
                        assert_eq!(taken, expected);
                    }
                    1 => assert_eq!(handles.get_or_make(offset, || None), model.get(&offset).copied()),
                    _ => {
                        let made = *model.entry(offset).or_insert(fresh);
                        assert_eq!(handles.get_or_make(offset, || Some(fresh)), Some(made));
                    }
                }
                if round.is_multiple_of(16) {
                    handles.check();
                    assert_eq!(handles.len(), model.len());
                    assert!(handles.iter().all(|(offset, handle)| model.get(&offset) == Some(&handle)));
                }
                if handles.by_slot.is_empty() { tables += 1 } else { arrays += 1 }
            }
            handles.extract(|_| true);
            handles.check();
            assert_eq!((handles.len(), handles.by_slot.len()), (0, 0), "nothing is kept for nothing");
        }
        assert!(arrays > 1000 && tables > 100, "{arrays} rounds with an array, {tables} without");
    }
}
