//! Shading: from an edge to an object that is marked, and grey if it is to be scanned.

use core::marker::PhantomData;

use super::mode::Mode;
use super::waiting::Waiting;
use crate::layout::{ADDRESS_BITS, ADDRESS_MASK, FIRST_EDGE_ADDRESS, WORD_BYTES, edge_of, load_word};
use crate::memory::{AddressMap, Bitmap, PageEntry, Scan, Slot};
use crate::sync::Ordering;
use crate::trace::TakeEdges;

/// What was marked.
///
/// In this order, in which the first and the last are not added to as a pair, which takes more instructions.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C)]
pub(crate) struct Marked {
    pub(crate) objects: u64,
    /// Bytes that those own elsewhere which may own more or less at the next cycle.
    pub(crate) owned: u64,
    /// Bytes of their slots.
    pub(crate) bytes: u64,
}

impl Marked {
    pub(super) fn add(&mut self, other: Self) {
        self.objects += other.objects;
        self.bytes += other.bytes;
        self.owned = self.owned.saturating_add(other.owned);
    }
}

/// An object that was just marked, and the [short](PageEntry::short_class) number of its class.
///
/// Not packed yet, and a pointer that may be null, so that an `Option` of it is a flag beside it: the next object of a list is
/// read as soon as its address is there, and nothing waits for what its page says.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shaded {
    object: *const u8,
    class: usize,
}

impl Shaded {
    #[inline(always)]
    pub(super) fn new(object: *const u8, slot: Slot<'_>) -> Self {
        Self { object, class: slot.short_class }
    }

    /// Of the class with number zero.
    #[cfg(test)]
    pub(super) fn at(address: usize) -> Self {
        Self { object: core::ptr::without_provenance(address), class: 0 }
    }

    #[inline(always)]
    pub(super) fn object(self) -> *const u8 {
        self.object
    }

    /// What there is to scan in it.
    ///
    /// # Safety
    ///
    /// The object is of the heap that the map is of, and the map is still right.
    #[inline(always)]
    pub(super) unsafe fn scan(self, map: &AddressMap) -> &Scan {
        match self.class {
            // SAFETY: the caller's duty.
            PageEntry::NO_SHORT_CLASS => unsafe { map.slot_of(self.object) }.scan,
            // SAFETY: the class is that of the object.
            class => unsafe { map.scan_of(class) },
        }
    }

    /// Whether both are known to be of one class.
    #[inline(always)]
    pub(super) fn is_of_class_of(self, other: Self) -> bool {
        self.class == other.class && self.class != PageEntry::NO_SHORT_CLASS
    }
}

/// An object that is marked and not scanned: its address, and above it the short number of its class, which saves a look
/// at its page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Grey(usize);

const _: () = assert!(PageEntry::NO_SHORT_CLASS == usize::MAX >> ADDRESS_BITS);

impl Grey {
    /// What lies in a place that no object is in.
    pub(super) const NONE: Self = Self(0);

    #[inline(always)]
    pub(super) fn new(shaded: Shaded) -> Self {
        Self(shaded.class << ADDRESS_BITS | shaded.object.addr())
    }

    #[inline(always)]
    pub(super) fn object(self) -> *const u8 {
        // Arenas, from which it was, have exposed their provenance.
        core::ptr::with_exposed_provenance(self.0 & ADDRESS_MASK)
    }

    /// The short number of its class, or that of none.
    #[inline(always)]
    pub(super) fn class(self) -> usize {
        self.0 >> ADDRESS_BITS
    }

    #[inline(always)]
    pub(super) fn shaded(self) -> Shaded {
        Shaded { object: self.object(), class: self.class() }
    }
}

/// What one worker has shaded.
#[derive(Debug)]
pub(super) struct Shades {
    /// Objects that are marked and neither scanned nor on their way to that.
    pub(super) grey: Vec<Grey>,
    pub(super) marked: Marked,
    /// Values that wait for a key.
    pub(super) waiting: Waiting,
}

impl Shades {
    pub(super) fn new() -> Self {
        Self { grey: Vec::new(), marked: Marked::default(), waiting: Waiting::default() }
    }

    /// Marks the object at or around an address, if it is one.
    ///
    /// # Safety
    ///
    /// 1. The address is an edge: null, a sentinel, or in an object of the heap that the map is of.
    /// 2. The world of the heap is stopped, and the map was made since.
    /// 3. Nobody else marks, or the mode says that others do.
    #[inline(always)]
    pub(super) unsafe fn shade<M: Mode>(&mut self, map: &AddressMap, address: *const u8) {
        if address.addr() >= FIRST_EDGE_ADDRESS
            // SAFETY: the caller's duties.
            && let Some(shaded) = unsafe { self.shade_object::<M>(map, address) }
        {
            self.grey.push(Grey::new(shaded));
        }
    }

    /// Marks the object at or around an address, and returns it if it was not marked and is to be scanned.
    ///
    /// # Safety
    ///
    /// As for [`shade`](Self::shade); there is an object.
    #[inline(always)]
    pub(super) unsafe fn shade_object<M: Mode>(
        &mut self,
        map: &AddressMap,
        address: *const u8,
    ) -> Option<Shaded> {
        if cfg!(any(debug_assertions, gc_zeal)) && !map.owns(address) {
            crate::zeal::fault(&format!("an edge leads to {address:p}, out of the heap"));
        }
        if map.is_rare(address) {
            // SAFETY: the caller's duties.
            let grey = unsafe { self.shade_rare::<M>(map, address) };
            return (grey != Grey::NONE).then(|| grey.shaded());
        }
        // SAFETY: duties 1 and 2; it is not rare.
        let slot = unsafe { map.usual_slot_of(address) };
        // SAFETY: the caller's duties.
        unsafe { self.shade_slot::<M>(map, slot, address) }
    }

    /// The same for an address that is [rare](AddressMap::is_rare); packed, as that fits into a register.
    ///
    /// # Safety
    ///
    /// As for [`shade_object`](Self::shade_object).
    #[cold]
    #[inline(never)]
    unsafe fn shade_rare<M: Mode>(&mut self, map: &AddressMap, address: *const u8) -> Grey {
        // SAFETY: duties 1 and 2.
        let slot = unsafe { map.slot_of(address) };
        // SAFETY: the caller's duties.
        unsafe { self.shade_slot::<M>(map, slot, address) }.map_or(Grey::NONE, Grey::new)
    }

    /// The same for an address whose slot is known.
    ///
    /// # Safety
    ///
    /// As for [`shade_object`](Self::shade_object); the slot is that of the address.
    #[inline(always)]
    unsafe fn shade_slot<M: Mode>(
        &mut self,
        map: &AddressMap,
        slot: Slot<'_>,
        address: *const u8,
    ) -> Option<Shaded> {
        let word = slot.word(Bitmap::Marks);
        // Relaxed, all: a mark orders nothing. What objects contain was written before the world stopped, and lists
        // of grey objects change hands under a lock.
        let marks = word.load(Ordering::Relaxed);
        if marks & slot.bit() != 0 {
            return None;
        }
        if !M::SHARED {
            word.store(marks | slot.bit(), Ordering::Relaxed);
        } else if word.fetch_or(slot.bit(), Ordering::Relaxed) & slot.bit() != 0 {
            return None;
        }
        if cfg!(any(debug_assertions, gc_zeal)) {
            let allocs = slot.word(Bitmap::Allocs).load(Ordering::Relaxed);
            if allocs & slot.bit() == 0 {
                crate::zeal::fault(&format!("an edge leads to {address:p}, where no object is"));
            }
        }
        self.marked.objects += 1;
        self.marked.bytes += slot.scan.slot_bytes as u64;
        if M::KEYED {
            self.waiting.note_marked(slot.start().addr());
        }
        // Most edges lead to the start of an object. That is guessed, by a branch, so that nothing waits for the product
        // that tells: what the object holds is then read as soon as the edge to it is. (Exposed: the edge may be that of a
        // field at the start, whose provenance is less.)
        let guess = core::ptr::with_exposed_provenance(address.addr());
        let object = if slot.is_start {
            guess
        } else {
            // SAFETY: duties 1 and 2.
            unsafe { start_of(map, address) }
        };
        if slot.scan.is_leaf {
            return None;
        }
        Some(Shaded::new(object, slot))
    }

    /// Shades what some of 64 words from `part` on point to.
    ///
    /// # Safety
    ///
    /// As for [`shade`](Self::shade); the words that `mask` names are masked words of an object.
    #[inline(always)]
    pub(super) unsafe fn shade_words<M: Mode>(&mut self, map: &AddressMap, part: *const u8, mask: u64) {
        // SAFETY: the caller's duties.
        unsafe { self.each_shaded::<M>(map, part, mask, |grey, shaded| grey.push(Grey::new(shaded))) };
    }

    /// The same, but what was marked last is left in `last` instead of becoming grey.
    ///
    /// # Safety
    ///
    /// As for [`shade_words`](Self::shade_words).
    #[inline(always)]
    pub(super) unsafe fn scan_words<M: Mode>(
        &mut self,
        map: &AddressMap,
        part: *const u8,
        mask: u64,
        last: &mut Option<Shaded>,
    ) {
        let take = |grey: &mut Vec<Grey>, shaded| {
            if let Some(before) = last.replace(shaded) {
                grey.push(Grey::new(before));
            }
        };
        // SAFETY: the caller's duties.
        unsafe { self.each_shaded::<M>(map, part, mask, take) };
    }

    /// Has `take` called with each object that some of 64 words lead to, if it was not marked and is to be scanned.
    ///
    /// # Safety
    ///
    /// As for [`shade_words`](Self::shade_words).
    #[inline(always)]
    unsafe fn each_shaded<M: Mode>(
        &mut self,
        map: &AddressMap,
        part: *const u8,
        mask: u64,
        mut take: impl FnMut(&mut Vec<Grey>, Shaded),
    ) {
        let mut left = mask;
        while left != 0 {
            let index = left.trailing_zeros() as usize;
            left &= left - 1;
            // SAFETY: the word lies in the object and is initialized (duty 2 of `Trace`).
            let word = unsafe { load_word(part.wrapping_add(index * WORD_BYTES)) };
            if let Some(address) = edge_of(word)
                // SAFETY: masked words hold edges; the caller's duties.
                && let Some(shaded) = unsafe { self.shade_object::<M>(map, address) }
            {
                take(&mut self.grey, shaded);
            }
        }
    }
}

/// The start of an object, by an edge into its middle, or that has a span of its own.
///
/// Not inlined, so that the compiler keeps the branch, and of an address, so that it keeps what is known of the slot in
/// registers.
///
/// # Safety
///
/// Duties 1 and 2 of [`shade`](Shades::shade); there is an object.
#[cold]
#[inline(never)]
unsafe fn start_of(map: &AddressMap, address: *const u8) -> *const u8 {
    // SAFETY: the caller's duties.
    unsafe { map.slot_of(address) }.start()
}

/// Shades what a trace function reports.
#[derive(Debug)]
pub(super) struct Shading<'w, M: Mode> {
    shades: &'w mut Shades,
    map: &'w AddressMap,
    mode: PhantomData<M>,
}

impl<'w, M: Mode> Shading<'w, M> {
    /// # Safety
    ///
    /// As for [`Shades::shade`]: what it takes are edges.
    #[inline(always)]
    pub(super) unsafe fn new(shades: &'w mut Shades, map: &'w AddressMap) -> Self {
        Self { shades, map, mode: PhantomData }
    }
}

impl<M: Mode> TakeEdges for Shading<'_, M> {
    fn take(&mut self, edges: &mut Vec<*const u8>) {
        while let Some(address) = edges.pop() {
            // SAFETY: the duties of who made it.
            unsafe { self.shades.shade::<M>(self.map, address) };
        }
    }
}
