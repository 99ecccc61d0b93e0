//! The heap against slow second opinions.
//!
//! Of the result of marking (zeal):
//! When nothing is grey any more every object is black or white, and no edge leads from black to white. That is
//! checked object by object, without the marker's stack and without its shortcuts for leaves. The value of an ephemeron is
//! to be marked if its key is.

use super::edges::edges_of;
use super::stop::stop_briefly;
use crate::layout::FIRST_EDGE_ADDRESS;
use crate::marking::Roots;
use crate::memory::{AddressMap, Bitmap, Class, Memory, World};
use crate::mutator::{Core, inside_any_mutation};
use crate::special::Kept;
use crate::sync::Ordering;

/// Asserts every invariant of a heap's memory and root slots: all of them if no thread is inside a mutation.
///
/// # Panics
///
/// An invariant does not hold.
pub(crate) fn verify(core: &Core) {
    let stopped = if inside_any_mutation().is_some() { None } else { stop_briefly(core) };
    let still = stopped.is_some() && !core.has_begun_cycle();
    core.memory.verify(if still { World::Stopped } else { World::Running });
    if stopped.is_some() {
        core.check_roots();
    }
}

/// Asserts that everything that roots and marked objects point to is marked, and is an object.
///
/// # Safety
///
/// The world of the heap is stopped, and marking is over.
///
/// # Panics
///
/// An edge leads to an object that is not marked, or to none.
pub(super) unsafe fn check_marks(memory: &Memory, roots: &dyn Roots) {
    let objects = memory.marked_objects();
    // Not later: roots are visited under locks.
    let (map, classes) = (memory.map(), memory.all_classes());
    let is_marked = |address| {
        // SAFETY: keys are objects.
        let slot = unsafe { map.slot_of(address) };
        slot.word(Bitmap::Marks).load(Ordering::Relaxed) & slot.bit() != 0
    };
    let check_contents = |class: &Class, object, name| {
        // SAFETY: kept and marked slots hold objects of the class.
        let edges = unsafe { edges_of(class, object, is_marked) };
        for edge in edges {
            // SAFETY: the caller's duty.
            unsafe { check_edge(&map, edge, name) };
        }
    };
    let mut check_kept = |kept| match kept {
        // SAFETY: the caller's duty.
        Kept::Object(target) => unsafe { check_edge(&map, target, "a root or record") },
        Kept::Contents(address) => {
            // SAFETY: an address in an object.
            let slot = unsafe { map.slot_of(address) };
            let class = classes[slot.scan.class()];
            check_contents(class, slot.start().cast_const(), (class.name)());
        }
    };
    (0..roots.n_shards()).for_each(|shard| roots.visit(shard, &mut check_kept));
    for (class, name, object) in objects {
        check_contents(class, object.cast_const(), name);
    }
}

/// # Safety
///
/// As for [`check_marks`]; the edge is one of a marked object.
unsafe fn check_edge(map: &AddressMap, address: *const u8, from: &str) {
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
