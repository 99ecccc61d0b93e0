//! Where what lies in an object of C.
//!
//! ```text
//! plain      fixed part | elements                      no destructor, and no pointers in elements
//! described  type | length | .. | fixed part | elements
//! ```
//!
//! The program's pointer is that to the fixed part. Of a plain object the collector knows all from its class. The others
//! start with a [`Head`], which tells the collector's functions, of which there is one of each kind for all types, what
//! the object is.

use crate::layout::{
    MAX_SMALL_BYTES, PAGE_BYTES, WORD_BYTES, edge_of, load_word, round_up, size_class, slot_bytes,
};
use crate::object::{DropFn, TypeInfo};
use crate::trace::{Deferred, ElementEdges, Range, Tracer};

use super::callbacks::{DestructorCode, as_pointer};
use super::thread::as_callback;

/// What a described object starts with.
#[repr(C)]
#[derive(Debug)]
pub(super) struct Head {
    pub(super) layout: &'static Layout,
    /// Number of elements.
    pub(super) length: usize,
}

const HEAD_BYTES: usize = size_of::<Head>();

/// What a type says of its objects.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Shape {
    /// Bytes of the fixed part.
    pub(super) size: usize,
    pub(super) align: usize,
    /// Which words of the fixed part are pointers; no zeros at the end.
    pub(super) pointers: Vec<u64>,
    /// Bytes of an element; zero if there are none.
    pub(super) element_size: usize,
    /// Which words of an element are pointers; no zeros at the end.
    pub(super) element_pointers: Vec<u64>,
    /// The destructor and its argument, by address.
    pub(super) destructor: Option<(usize, usize)>,
}

/// A type, as it is used.
#[derive(Debug)]
pub(super) struct Layout {
    pub(super) shape: Shape,
    destructor: Option<(DestructorCode, usize)>,
    info: TypeInfo,
    /// Bytes from the start of the slot to the fixed part.
    pub(super) payload_at: usize,
    /// Bytes from the start of the fixed part to the elements.
    pub(super) elements_at: usize,
}

/// Whether the word `index` of a mask is set.
pub(super) fn has(mask: &[u64], index: usize) -> bool {
    mask.get(index / 64).is_some_and(|bits| bits >> (index % 64) & 1 == 1)
}

/// A mask `by` words further on.
fn shifted(mask: &[u64], by: usize) -> Vec<u64> {
    let mut all = vec![0; mask.len() + by.div_ceil(64)];
    for index in (0..mask.len() * 64).filter(|&index| has(mask, index)) {
        all[(index + by) / 64] |= 1 << ((index + by) % 64);
    }
    let used = all.iter().rposition(|&bits| bits != 0).map_or(0, |last| last + 1);
    all.truncate(used);
    all
}

impl Layout {
    /// The layout of a shape, which stays for ever.
    pub(super) fn make(shape: Shape, destructor: Option<(DestructorCode, usize)>) -> &'static Self {
        let is_described = destructor.is_some() || !shape.element_pointers.is_empty();
        let payload_at = if is_described { round_up(HEAD_BYTES, shape.align) } else { 0 };
        let mask = Vec::leak(shifted(&shape.pointers, payload_at / WORD_BYTES));
        let one_size = shape.element_size == 0;
        // At least a byte: the address of an object lies in its slot.
        let slot_bytes = if one_size { slot_bytes(payload_at + shape.size.max(1), shape.align) } else { 0 };
        let tail = (!shape.element_pointers.is_empty()).then_some(trace_elements as _);
        let drop = destructor.is_some().then_some(destroy as DropFn);
        let info = TypeInfo::at_run_time(slot_bytes, mask, tail, drop);
        let elements_at = if one_size { shape.size } else { round_up(shape.size, WORD_BYTES) };
        Box::leak(Box::new(Self { shape, destructor, info, payload_at, elements_at }))
    }

    pub(super) fn info(&'static self) -> &'static TypeInfo {
        &self.info
    }

    pub(super) fn is_described(&self) -> bool {
        self.payload_at > 0
    }

    /// Bytes from the start of the fixed part to the end of the elements; `None` if an address space has not so many.
    pub(super) fn payload_bytes(&self, length: usize) -> Option<usize> {
        let bytes = length.checked_mul(self.shape.element_size)?.checked_add(self.elements_at)?;
        (bytes < isize::MAX.unsigned_abs() - 2 * PAGE_BYTES).then_some(bytes)
    }

    /// Bytes of the slot of an object with so many bytes of payload.
    pub(super) fn slot_bytes(&self, payload_bytes: usize) -> usize {
        if self.info.slot_bytes > 0 {
            return self.info.slot_bytes;
        }
        let bytes = self.payload_at + payload_bytes.max(1);
        // Size classes, also for large ones: each size of slot is a class, and classes stay.
        let unit = if bytes > MAX_SMALL_BYTES { PAGE_BYTES } else { self.shape.align };
        round_up(size_class(bytes), unit)
    }

    /// Whether the word at an offset of the elements is a pointer.
    pub(super) fn is_pointer_of_element(&self, offset: usize) -> bool {
        has(&self.shape.element_pointers, offset % self.shape.element_size / WORD_BYTES)
    }
}

/// Reports the pointers in the elements of a described object.
///
/// # Safety
///
/// The object at the address has elements with pointers, and a [`Head`].
#[inline(never)]
unsafe fn trace_elements(at: *const u8, tracer: &mut Tracer) {
    // SAFETY: the caller's duty.
    let Head { layout, length } = unsafe { &*at.cast::<Head>() };
    let shape = &layout.shape;
    let elements = at.wrapping_add(layout.payload_at + layout.elements_at);
    let words = shape.element_size / WORD_BYTES;
    if (0..words).all(|word| has(&shape.element_pointers, word)) {
        // In pieces: there may be millions.
        tracer.deferred.push(Deferred::Range(Range {
            at: elements,
            len: length * words,
            stride: WORD_BYTES,
            edges: ElementEdges::Words(1),
        }));
        return;
    }
    for element in 0..*length {
        for word in (0..words).filter(|&word| has(&shape.element_pointers, word)) {
            let at = elements.wrapping_add(element * shape.element_size + word * WORD_BYTES);
            // SAFETY: a word of the object, which was zeroed when it was made.
            tracer.edges.extend(edge_of(unsafe { load_word(at) }));
        }
    }
}

/// Calls the destructor of an object.
///
/// # Safety
///
/// The object at the address is dead, and has a [`Head`] of a type with a destructor.
#[inline(never)]
unsafe fn destroy(at: *mut u8) -> usize {
    // SAFETY: the caller's duty.
    let Head { layout, length } = unsafe { &*at.cast::<Head>() };
    if let Some((destructor, argument)) = layout.destructor {
        let payload = at.wrapping_add(layout.payload_at);
        // SAFETY: the program has given it for objects of this type.
        as_callback(|| unsafe { destructor(payload.cast(), *length, as_pointer(argument)) });
    }
    // What it owns is told by itself.
    0
}

#[cfg(test)]
mod tests {
    use super::{has, shifted};

    #[test]
    fn masks_are_shifted() {
        assert_eq!(shifted(&[0b101], 2), [0b10100]);
        assert_eq!(shifted(&[], 2), []);
        assert_eq!(shifted(&[1 << 63, 1], 2), [0, 0b110]);
        assert_eq!(shifted(&[1], 512), [0, 0, 0, 0, 0, 0, 0, 0, 1]);
        assert_eq!(shifted(&[7], 0), [7]);
        assert!(has(&[0, 2], 65) && !has(&[0, 2], 64) && !has(&[0, 2], 1 << 40));
    }
}
