//! Allocation: the one way an object comes to be.
//!
//! Allocation never collects and never waits for a collection: inside a mutation every pointer on the stack
//! is alive. It takes a slot from the thread's own runs, or claims some more.
//!
//! A slot counts as taken from the end of the claim that it is of, at the latest from the next stop on. That may
//! be while its contents are still being written, if code of the program runs meanwhile and allocates, and they
//! stay unfinished if it panics. So no code of the program runs between taking a slot whose contents have drop
//! glue and writing them. An unfinished slot without is garbage like any other, as nothing reads what no edge
//! leads to, until it is given back.
//!
//! Items of a slice that are collected first lie where the heap's limit does not reach by itself: there is never room
//! for more of them than a slot could have.

use core::mem::{ManuallyDrop, needs_drop};
use core::ptr::NonNull;

use crate::error::{AllocError, AllocErrorKind, Refused};
use crate::layout::{MAX_SMALL_BYTES, PAGE_BYTES, WORD_BYTES, round_up, size_class};
use crate::mutator::Mutation;
use crate::object::{Describe, Lookup, SliceForm};
use crate::owned::summand;
use crate::trace::{Tally, Trace};
use crate::zeal;

const fn assert_alignment<T>() {
    assert!(
        align_of::<T>() <= PAGE_BYTES,
        "an object in the heap is aligned to at most 4096 bytes: put the value in a `Box`"
    );
}

impl<'gc> Mutation<'gc> {
    /// Moves a value into a slot of its own.
    #[inline]
    pub(crate) fn allocate<T: Trace<'gc>>(&self, value: T) -> Result<NonNull<T>, Refused> {
        const { assert_alignment::<T>() };
        // No drop glue may be due here: for it the value would be built on the stack and then copied, which costs
        // more than all the rest.
        let value = ManuallyDrop::new(value);
        let record = self.record();
        // Used for a slot at a time, while no code of the program runs.
        // SAFETY: `self` proves that the thread is inside.
        let local = || unsafe { record.local() };
        // Constants: the compiler never sees the other ways.
        let slot = if const { matches!(T::INFO.lookup, Lookup::Leaf) } {
            local().leaf(T::INFO, T::INFO.slot_bytes, record).map_err(|kind| kind.of(T::INFO.slot_bytes))?
        } else if const { !needs_drop::<T>() } {
            local().object(T::INFO, record).map_err(|kind| kind.of(T::INFO.slot_bytes))?
        } else {
            let owned = Tally::of::<T>(&value);
            match local().owner(T::INFO, owned, record) {
                Ok(slot) => slot,
                Err(kind) => {
                    // By reference to a copy: the address of the value itself, taken anywhere, would keep it out of
                    // registers everywhere.
                    let mut copy = value;
                    // SAFETY: neither is used afterwards.
                    unsafe { discard(&mut copy) };
                    return Err(kind.of(T::INFO.slot_bytes.saturating_add(owned)));
                }
            }
        };
        let slot = slot.cast::<T>();
        // SAFETY: the slot is free, the thread's own, and of the size of its class.
        unsafe { zeal::take_slot(slot.as_ptr().cast(), T::INFO.slot_bytes, size_of::<T>()) };
        // SAFETY: as above, and aligned for `T`.
        unsafe { slot.cast().write(value) };
        Ok(slot)
    }

    /// Moves a small leaf into a slot of its own, if the thread has one: takes no lock. Else the value comes back.
    #[inline]
    pub(crate) fn allocate_at_once<T: Trace<'gc>>(&self, value: T) -> Result<NonNull<T>, T> {
        const { assert!(matches!(T::INFO.lookup, Lookup::Leaf)) };
        // SAFETY: as in `allocate`.
        let Some(slot) = unsafe { self.record().local() }.leaf_at_once(T::INFO.slot_bytes) else {
            return Err(value);
        };
        let slot = slot.cast::<T>();
        // SAFETY: as in `allocate`.
        unsafe { zeal::take_slot(slot.as_ptr().cast(), T::INFO.slot_bytes, size_of::<T>()) };
        // SAFETY: as in `allocate`.
        unsafe { slot.write(value) };
        Ok(slot)
    }

    /// Takes a slot for a slice of `len` elements of this form, not yet written.
    pub(crate) fn allocate_slice<T: Trace<'gc>>(
        &self,
        len: usize,
        SliceForm { info, header_bytes: header }: SliceForm,
    ) -> Result<NewSlice<'_, 'gc, T>, Refused> {
        const { assert_alignment::<T>() };
        let record = self.record();
        let SliceBytes { bytes, slot_bytes } = SliceBytes::of::<T>(len, header)?;
        // SAFETY: as in `allocate`.
        let slot = unsafe { record.local() }.slice(info, slot_bytes, record);
        let slot = slot.map_err(|kind| kind.of(slot_bytes))?;
        // SAFETY: the slot is free, the thread's own, and of the size of its class.
        unsafe { zeal::take_slot(slot.as_ptr(), slot_bytes, bytes) };
        // SAFETY: the elements follow the header in the same slot.
        let first = unsafe { slot.add(header) }.cast::<T>();
        Ok(NewSlice { slot, first, len, written: 0, has_header: header > 0, mutation: self })
    }

    /// Makes an object with room for at least `n` values, none of which is written, and says for how many. To the collector
    /// it is bytes. Values without a size have none.
    pub(crate) fn allocate_room<T: Trace<'gc>>(&self, n: usize) -> Result<(NonNull<T>, usize), Refused> {
        let SliceBytes { slot_bytes, .. } = SliceBytes::of::<T>(n, 0)?;
        // All of the slot. As many bytes have a slot of the same size.
        let capacity = slot_bytes.checked_div(size_of::<T>());
        let capacity = capacity.ok_or(AllocErrorKind::Overflow.of(usize::MAX))?;
        let room = ManuallyDrop::new(self.allocate_slice::<T>(capacity, SliceForm::bytes())?);
        Ok((room.first, capacity))
    }

    /// Collects the items of a slice of this form, no more than could have a slot.
    pub(crate) fn collect_items<T: Trace<'gc>>(
        &self,
        items: impl IntoIterator<Item = T>,
        SliceForm { header_bytes: header, .. }: SliceForm,
    ) -> Result<Vec<T>, Refused> {
        let items = items.into_iter();
        let mut collected = Vec::new();
        // A hint promises nothing: room for so many may be neither there nor needed.
        let _ = self.reserve(&mut collected, items.size_hint().0, header);
        for item in items {
            if collected.len() == collected.capacity() {
                self.reserve_more(&mut collected, header)?;
            }
            collected.push(item);
        }
        Ok(collected)
    }

    /// Room for all items of a slice of this form.
    pub(crate) fn items_with_room<T: Trace<'gc>>(
        &self,
        n: usize,
        form: SliceForm,
    ) -> Result<Vec<T>, Refused> {
        let mut items = Vec::new();
        self.reserve(&mut items, n, form.header_bytes)?;
        Ok(items)
    }

    /// Makes room for as many items again, or as many as there can be.
    #[cold]
    fn reserve_more<T: Trace<'gc>>(&self, items: &mut Vec<T>, header: usize) -> Result<(), Refused> {
        let mut more = items.len().max(4);
        loop {
            match self.reserve(items, more, header) {
                Err(_) if more > 1 => more /= 2,
                outcome => return outcome,
            }
        }
    }

    /// Makes room for more items, if all of them could have a slot.
    fn reserve<T: Trace<'gc>>(&self, items: &mut Vec<T>, more: usize, header: usize) -> Result<(), Refused> {
        let SliceBytes { slot_bytes, .. } = SliceBytes::of::<T>(items.len().saturating_add(more), header)?;
        self.record().core.memory.check_room(slot_bytes).map_err(|kind| kind.of(slot_bytes))?;
        items.try_reserve_exact(more).map_err(|_| AllocErrorKind::System.of(slot_bytes))
    }

    /// What the program is told, which has a reason to leave the mutation from now on.
    #[cold]
    #[inline(never)]
    pub(crate) fn failed(&self, refused: Refused) -> AllocError {
        self.record().core.allocation_failed(refused)
    }
}

/// The bytes of a slice object.
struct SliceBytes {
    /// With the header.
    bytes: usize,
    slot_bytes: usize,
}

impl SliceBytes {
    fn of<T>(len: usize, header: usize) -> Result<Self, Refused> {
        // At least one byte behind the header: else the address of an empty slice would be that of the next slot.
        let elements = len.checked_mul(size_of::<T>()).map(|bytes| bytes.max(1));
        let bytes = elements.and_then(|bytes| bytes.checked_add(header));
        let bytes = bytes.filter(|&bytes| bytes < isize::MAX.cast_unsigned() - PAGE_BYTES);
        let bytes = bytes.ok_or(AllocErrorKind::Overflow.of(usize::MAX))?;
        // Size classes for large slices, too: each size of slot is a class, and classes stay.
        let unit = if bytes > MAX_SMALL_BYTES { PAGE_BYTES } else { align_of::<T>().max(WORD_BYTES) };
        let slot_bytes = round_up(size_class(bytes), unit);
        Ok(Self { bytes, slot_bytes })
    }
}

/// Drops a value that there is no room for.
///
/// # Safety
///
/// The value is not used afterwards.
#[cold]
#[inline(never)]
unsafe fn discard<T>(value: &mut ManuallyDrop<T>) {
    // SAFETY: the caller's duty.
    unsafe { ManuallyDrop::drop(value) };
}

/// A slice that is being written: element by element, or as a whole if the elements have drop glue. Dropped before
/// it is finished it gives its slot back.
#[derive(Debug)]
pub(crate) struct NewSlice<'m, 'gc, T> {
    slot: NonNull<u8>,
    first: NonNull<T>,
    len: usize,
    written: usize,
    has_header: bool,
    /// No stop comes before it is finished.
    mutation: &'m Mutation<'gc>,
}

impl<'gc, T: Trace<'gc>> NewSlice<'_, 'gc, T> {
    /// Writes the next element.
    ///
    /// # Panics
    ///
    /// All elements are written.
    #[inline]
    pub(crate) fn push(&mut self, value: T) {
        debug_assert!(!needs_drop::<T>(), "what has drop glue is written as a whole");
        assert!(self.written < self.len, "a slice of {} elements is full", self.len);
        // SAFETY: in bounds of the slot, which is the thread's own.
        let at = unsafe { self.first.add(self.written) };
        // SAFETY: as above, and aligned.
        unsafe { at.write(value) };
        self.written += 1;
    }

    /// Whether all elements are written.
    pub(crate) fn is_full(&self) -> bool {
        self.written == self.len
    }

    /// Takes the elements out again, and gives the slot back.
    pub(crate) fn into_items(mut self) -> Vec<T> {
        debug_assert!(!needs_drop::<T>(), "what has drop glue is written as a whole");
        let written = core::mem::take(&mut self.written);
        // SAFETY: written by `push`, and read once, as nothing counts as written any more.
        (0..written).map(|index| unsafe { self.first.as_ptr().wrapping_add(index).read() }).collect()
    }

    /// Moves the elements of a vector in, which are as many as the slice has.
    pub(crate) fn take(&mut self, mut from: Vec<T>) {
        assert_eq!((from.len(), self.written), (self.len, 0), "a vector fills a slice as a whole");
        let owned = Tally::of::<[T]>(&from);
        // SAFETY: both have `len` elements; the slot is new and so does not overlap.
        unsafe { self.first.as_ptr().copy_from_nonoverlapping(from.as_ptr(), self.len) };
        self.written = self.len;
        // SAFETY: the elements were moved out.
        unsafe { from.set_len(0) };
        if owned != 0 {
            let record = self.mutation.record();
            // SAFETY: the slot was taken in this mutation.
            let kind = unsafe { record.core.memory.owned_kind(self.slot) };
            // SAFETY: as in `allocate`.
            unsafe { record.local() }.note_owned(kind, summand(owned), record);
        }
    }

    /// Makes the slice an object.
    ///
    /// # Panics
    ///
    /// Not all elements are written.
    pub(crate) fn finish(self) -> NonNull<[T]> {
        assert_eq!(self.written, self.len, "every element of a slice is written");
        let made = ManuallyDrop::new(self);
        if made.has_header {
            // SAFETY: the slot starts with room for the header.
            unsafe { made.slot.cast::<usize>().write(made.len) };
        }
        NonNull::slice_from_raw_parts(made.first, made.len)
    }

    /// Makes the slice an object that is known by its header, the number of its elements.
    ///
    /// # Panics
    ///
    /// It has none, or not all elements are written.
    pub(crate) fn finish_with_length(self) -> NonNull<usize> {
        assert!(self.has_header, "a slice that is known by its length has room for it");
        let length = self.slot.cast();
        self.finish();
        length
    }
}

impl<T> Drop for NewSlice<'_, '_, T> {
    #[cold]
    fn drop(&mut self) {
        let record = self.mutation.record();
        // SAFETY: as in `allocate`.
        let local = unsafe { record.local() };
        // SAFETY: taken in this mutation, and nobody was told of it; elements that were written have no drop glue.
        unsafe { local.give_back(self.slot, &record.core.memory) };
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use crate::error::AllocErrorKind;
    use crate::heap::Heap;

    /// More than the system has addresses for is its refusal, and leaves what was collected.
    #[test]
    fn items_that_the_system_has_no_room_for() {
        Heap::new().mutate(|mc| {
            let mut items = vec![1_u64];
            let refused = mc.reserve(&mut items, 1 << 50, 0).unwrap_err();
            assert_eq!(refused.kind, AllocErrorKind::System);
            let error = mc.failed(refused);
            assert!(error.to_string().contains("the system gave no memory"), "{error}");
            for too_many in [1 << 60, usize::MAX] {
                assert_eq!(mc.reserve(&mut items, too_many, 0).unwrap_err().kind, AllocErrorKind::Overflow);
            }
            assert_eq!(items, [1]);
        });
    }
}
