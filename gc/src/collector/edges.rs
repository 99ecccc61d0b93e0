//! The edges of one object, found slowly and without the marker: for second opinions and for reports.

use crate::layout::{WORD_BYTES, edge_of, load_word};
use crate::memory::Class;
use crate::trace::{Conditional, Tracer};

/// All edges of an object, null and sentinels not among those of masked words. What depends on whether an object is marked
/// is there if `is_marked` says so of an address in that object.
///
/// # Safety
///
/// `object` is an object of the class, and the world is stopped.
///
/// # Panics
///
/// A trace function panics.
pub(super) unsafe fn edges_of(
    class: &Class,
    object: *const u8,
    is_marked: impl Fn(*const u8) -> bool,
) -> Vec<*const u8> {
    let has = |word: usize| class.mask.get(word / 64).is_some_and(|bits| bits >> (word % 64) & 1 == 1);
    let masked = (0..class.mask.len() * 64).filter(|&word| has(word));
    let mut edges: Vec<*const u8> = masked
        // SAFETY: the mask's words lie in the object.
        .filter_map(|word| edge_of(unsafe { load_word(object.wrapping_add(word * WORD_BYTES)) }))
        .collect();
    let mut tracer = Tracer::new();
    if let Some(tail) = class.tail {
        // SAFETY: the object is a value of its class.
        unsafe { tail(object, &mut tracer) };
    }
    let conditional = core::mem::take(&mut tracer.conditional).into_iter();
    tracer.deferred.extend(conditional.filter(|value| is_marked(value.key)).map(Conditional::due));
    while let Some(deferred) = tracer.deferred.pop() {
        // SAFETY: the world is stopped: the data of the object stays as it is.
        unsafe { deferred.resume(&mut tracer) };
    }
    edges.append(&mut tracer.edges);
    edges
}
