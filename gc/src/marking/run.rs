//! A run: edges that lead to the slots of one mark word, one after the other.
//!
//! Only in pages to which the short way leads, so what it marks is of a class with a short number. It is gathered as bits and marked by one instruction, which also tells what was not marked yet. What the page says is
//! looked up once for all of it, and who is one of several workers waits for a locked instruction once.

use super::mode::Mode;
use super::shades::{Shaded, Shades};
use crate::layout::PAGE_BYTES;
use crate::memory::{AddressMap, Bitmap, Slot};
use crate::sync::Ordering;

/// Edges that lead to slots of one mark word.
#[derive(Clone, Copy, Debug)]
pub(super) struct Run<'m> {
    /// Of the first edge.
    slot: Slot<'m>,
    /// First address of those that belong here: in the slots of the mark word, up to the end of the first edge's page.
    start: usize,
    /// How many these are.
    bytes: usize,
    /// The slots' bits in the mark word.
    bits: u64,
}

impl<'m> Run<'m> {
    /// With one edge; none if the [short way](AddressMap::is_rare) does not lead where that leads.
    ///
    /// # Safety
    ///
    /// As for [`Shades::shade_object`].
    #[inline(always)]
    pub(super) unsafe fn new(map: &'m AddressMap, first: *const u8) -> Option<Self> {
        if cfg!(any(debug_assertions, gc_zeal)) && !map.owns(first) {
            crate::zeal::fault(&format!("an edge leads to {first:p}, out of the heap"));
        }
        if map.is_rare(first) {
            return None;
        }
        // SAFETY: the caller's duties; it is not rare.
        let slot = unsafe { map.usual_slot_of(first) };
        let start = slot.neighbour(0).start().addr();
        // The span may end before the last slots of its last mark word would, but not before the page does.
        let end_of_page = (first.addr() / PAGE_BYTES + 1) * PAGE_BYTES;
        let end = end_of_page.min(start + 64 * slot.scan.slot_bytes);
        Some(Self { slot, start, bytes: end - start, bits: slot.bit() })
    }

    /// Takes an edge in, if it belongs here.
    #[inline(always)]
    pub(super) fn add(&mut self, edge: *const u8) -> bool {
        let belongs = edge.addr().wrapping_sub(self.start) < self.bytes;
        if belongs {
            self.bits |= self.slot.of_span(edge).bit();
        }
        belongs
    }

    /// The object of a bit.
    #[inline(always)]
    pub(super) fn object(self, bit: u32) -> Shaded {
        let slot = self.slot.neighbour(bit);
        Shaded::new(slot.start(), slot)
    }
}

impl Shades {
    /// Marks the objects of a run; returns the bits of those that were not marked and are to be scanned.
    ///
    /// # Safety
    ///
    /// As for [`shade`](Self::shade), for each edge of the run.
    #[inline(always)]
    pub(super) unsafe fn mark_run<M: Mode>(&mut self, run: Run<'_>) -> u64 {
        let Run { slot, bits, .. } = run;
        let word = slot.word(Bitmap::Marks);
        // Relaxed, all: as in `shade_slot`.
        let marks = word.load(Ordering::Relaxed);
        let mut new = bits & !marks;
        if new == 0 {
            return 0;
        }
        if !M::SHARED {
            word.store(marks | new, Ordering::Relaxed);
        } else {
            new &= !word.fetch_or(new, Ordering::Relaxed);
        }
        if cfg!(any(debug_assertions, gc_zeal)) {
            let free = new & !slot.word(Bitmap::Allocs).load(Ordering::Relaxed);
            if free != 0 {
                let object = run.object(free.trailing_zeros()).object();
                crate::zeal::fault(&format!("an edge leads to {object:p}, where no object is"));
            }
        }
        let n = u64::from(new.count_ones());
        self.marked.objects += n;
        self.marked.bytes += n * slot.scan.slot_bytes as u64;
        if M::KEYED {
            let mut left = new;
            while left != 0 {
                self.waiting.note_marked(run.object(left.trailing_zeros()).object().addr());
                left &= left - 1;
            }
        }
        if slot.scan.is_leaf { 0 } else { new }
    }
}
