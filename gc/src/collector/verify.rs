//! The result of marking against a slow second opinion (zeal).
//!
//! When nothing is grey any more every object is black or white, and no edge leads from black to white. That is
//! checked object by object, without the marker's stack and without its shortcuts for leaves.

use crate::layout::{FIRST_EDGE_ADDRESS, WORD_BYTES, edge_of, load_word};
use crate::memory::{AddressMap, Bitmap, Class, Memory};
use crate::mutator::RootTable;
use crate::sync::Ordering;
use crate::trace::{Deferred, Tracer};

/// Asserts that everything that roots and marked objects point to is marked, and is an object.
///
/// # Safety
///
/// The world of the heap is stopped, and marking is over.
///
/// # Panics
///
/// An edge leads to an object that is not marked, or to none.
pub(super) unsafe fn check_marks(memory: &Memory, roots: &RootTable) {
    let objects = memory.marked_objects();
    let map = memory.map();
    // SAFETY: the caller's duty.
    roots.targets(|target| unsafe { check_edge(&map, target, "a root") });
    for (class, name, object) in objects {
        // SAFETY: marked slots hold objects of the class.
        let edges = unsafe { edges_of(class, object) };
        for edge in edges {
            // SAFETY: the caller's duty.
            unsafe { check_edge(&map, edge, name) };
        }
    }
}

/// # Safety
///
/// As for [`check_marks`]; the edge is one of a marked object.
unsafe fn check_edge(map: &AddressMap<'_>, address: *const u8, from: &str) {
    if address.addr() < FIRST_EDGE_ADDRESS {
        return;
    }
    assert!(map.owns(address), "an edge of {from} leads to {address:p}, out of the heap");
    // SAFETY: edges are addresses in objects of this heap.
    let slot = unsafe { map.slot_of(address) };
    let is = |bitmap| slot.word(bitmap).load(Ordering::Relaxed) & slot.bit() != 0;
    assert!(is(Bitmap::Allocs), "an edge of {from} leads to {address:p}, where no object is");
    assert!(!is(Bitmap::Doomed), "an edge of {from} leads to {address:p}, which is dead");
    assert!(is(Bitmap::Marks), "an edge of {from} leads to {address:p}, which is not marked");
}

/// All edges of an object.
///
/// # Safety
///
/// `object` is an object of the class, and the world is stopped.
unsafe fn edges_of(class: &Class, object: *const u8) -> Vec<*const u8> {
    let has = |word: usize| class.mask.get(word / 64).is_some_and(|bits| bits >> (word % 64) & 1 == 1);
    let masked = (0..class.mask.len() * 64).filter(|&word| has(word));
    let mut edges: Vec<*const u8> = masked
        // SAFETY: the mask's words lie in the object.
        .map(|word| edge_of(unsafe { load_word(object.wrapping_add(word * WORD_BYTES)) }))
        .collect();
    let mut tracer = Tracer::new();
    if let Some(tail) = class.tail {
        // SAFETY: the object is a value of its class.
        unsafe { tail(object, &mut tracer) };
    }
    while let Some(deferred) = tracer.deferred.pop() {
        match deferred {
            // SAFETY: deferred work is about data owned by the object.
            Deferred::Owned { at, trace } => unsafe { trace(at, &mut tracer) },
            Deferred::Range { at, len, stride, trace } => {
                for index in 0..len {
                    // SAFETY: as above; the element lies in the slice.
                    unsafe { trace(at.wrapping_add(index * stride), &mut tracer) };
                }
            }
        }
    }
    edges.append(&mut tracer.edges);
    edges
}
