//! Slices: what many edges side by side lead to.
//!
//! Elements of a slice are often made one after the other, so one edge after the other is likely to lead to the slots of one
//! mark word: they are marked in [runs](super::run). And as more edges are known than can be followed at once, most
//! objects need neither stack nor ring: a *front* of them is marked, and each is asked for, before the first one is scanned.

use super::mode::Mode;
use super::prefetch::{prefetch, prefetch_marks};
use super::run::Run;
use super::shades::Grey;
use super::worker::Worker;
use crate::layout::{WORD_BYTES, edge_of, load_word};
use crate::memory::AddressMap;
use crate::trace::Range;

/// Objects of a front: at least those of a run.
const FRONT: usize = 64;

impl Worker {
    /// Shades what the first elements of a slice point to, which have masked words only, and scans that. The rest is put off
    /// again. How many objects were scanned.
    ///
    /// # Safety
    ///
    /// As for [`resume`](Self::resume); the mask is that of an element.
    pub(super) unsafe fn scan_elements<M: Mode>(&mut self, map: &AddressMap, range: Range, mask: u64) -> u64 {
        let Range { at, len, stride, .. } = range.take_piece(&mut self.tracer);
        if stride == WORD_BYTES {
            let words = (0..len).map(move |index| at.wrapping_add(index * WORD_BYTES));
            // SAFETY: each element is a masked word; the caller's duties.
            return unsafe { self.scan_side_by_side::<M>(map, words) };
        }
        let words = (0..len).flat_map(|index| Words { element: at.wrapping_add(index * stride), left: mask });
        // SAFETY: the mask is that of an element; the caller's duties.
        unsafe { self.scan_side_by_side::<M>(map, words) }
    }

    /// Shades what masked words point to, and scans that. How many objects were scanned.
    ///
    /// # Safety
    ///
    /// As for [`resume`](Self::resume); these are masked words of an object, or of what it owns.
    #[inline(never)]
    unsafe fn scan_side_by_side<M: Mode>(
        &mut self,
        map: &AddressMap,
        words: impl Iterator<Item = *const u8>,
    ) -> u64 {
        // SAFETY: the words are initialized (duty 2 of `Trace`), and what the object owns has not changed.
        let mut edges = words.filter_map(|word| edge_of(unsafe { load_word(word) }));
        let (mut front, mut len, mut scanned) = ([Grey::NONE; FRONT], 0, 0);
        let mut next = edges.next();
        while let Some(first) = next {
            next = edges.next();
            // SAFETY: masked words hold edges; the caller's duties.
            let Some(mut run) = (unsafe { Run::new(map, first) }) else {
                // SAFETY: as above.
                unsafe { self.shades.shade::<M>(map, first) };
                continue;
            };
            while let Some(address) = next
                && run.add(address)
            {
                next = edges.next();
            }
            // SAFETY: the run is of edges; the caller's duties.
            let mut left = unsafe { self.shades.mark_run::<M>(run) };
            let n = left.count_ones() as usize;
            if len + n > FRONT {
                // SAFETY: as above.
                scanned += unsafe { self.scan_front::<M>(map, &front[..len]) };
                len = 0;
            }
            let end = len + n;
            for place in &mut front[len..end] {
                let object = run.object(left.trailing_zeros());
                left &= left - 1;
                prefetch(object.object());
                *place = Grey::new(object);
            }
            len = end;
        }
        // SAFETY: as above.
        scanned + unsafe { self.scan_front::<M>(map, &front[..len]) }
    }

    /// Scans objects that have arrived, or are about to; how many. Those that take longer become grey.
    ///
    /// # Safety
    ///
    /// As for [`shade`](super::shades::Shades::shade), but for 1; these are objects of runs.
    #[inline(never)]
    unsafe fn scan_front<M: Mode>(&mut self, map: &AddressMap, front: &[Grey]) -> u64 {
        let mut scanned = 0;
        if self.look_ahead.is_on() {
            // SAFETY: objects of a front are of the heap; the caller's duties.
            front.iter().for_each(|object| unsafe { prefetch_marks(map, object.shaded()) });
        }
        for same in front.chunk_by(|one, next| one.class() == next.class()) {
            let first = same[0].shaded();
            debug_assert!(first.is_of_class_of(first), "objects of runs have classes with short numbers");
            // SAFETY: objects of a front are of the heap; the caller's duties.
            let scan = unsafe { first.scan(map) };
            if scan.has_more {
                self.shades.grey.extend_from_slice(same);
                continue;
            }
            scanned += same.len() as u64;
            for object in same {
                // SAFETY: the mask is that of the object's class; the caller's duties.
                unsafe { self.shades.shade_words::<M>(map, object.object(), scan.first_words) };
            }
        }
        scanned
    }
}

/// The masked words of an element.
struct Words {
    element: *const u8,
    /// Bits of those that are left, of the first 64.
    left: u64,
}

impl Iterator for Words {
    type Item = *const u8;

    #[inline]
    fn next(&mut self) -> Option<*const u8> {
        if self.left == 0 {
            return None;
        }
        let index = self.left.trailing_zeros() as usize;
        self.left &= self.left - 1;
        Some(self.element.wrapping_add(index * WORD_BYTES))
    }
}
