//! The edges that a value reports, for tests without a heap.

use core::ptr::NonNull;

use crate::layout::FIRST_EDGE_ADDRESS;
use crate::pointer::Gc;
use crate::trace::{Trace, Tracer};

/// The addresses of the edges that `trace` reports, in the order of their addresses.
///
/// # Safety
///
/// Nothing in the value is borrowed mutably or locked for writing: tracing looks into cells and locks.
pub unsafe fn edges_of_trace<'gc, T: ?Sized + Trace<'gc>>(value: &T) -> Vec<usize> {
    edges(&mut |tracer| value.trace(tracer))
}

/// The addresses of the edges that the collector finds beside those of the mask: what `trace_tail` reports, or
/// `trace` if the mask does not fit.
///
/// # Safety
///
/// As for [`edges_of_trace`].
pub unsafe fn edges_of_tail<'gc, T: Trace<'gc>>(value: &T) -> Vec<usize> {
    edges(&mut |tracer| {
        if T::LEAF {
            // The collector never looks at a leaf.
        } else if !T::MASK.fits() {
            value.trace(tracer);
        } else if T::TAIL {
            value.trace_tail(tracer);
        }
    })
}

/// The addresses of the edges that the mask finds.
///
/// # Safety
///
/// As for [`edges_of_trace`].
pub unsafe fn edges_of_mask<'gc, T: Trace<'gc>>(value: &T) -> Vec<usize> {
    edges(&mut |tracer| {
        // SAFETY: a mask speaks of masked words inside the value (duty 2 of `Trace`).
        unsafe { tracer.masked(value, T::MASK.words()) };
    })
}

/// Runs `report` and the work that it put off.
fn edges(report: &mut dyn FnMut(&mut Tracer)) -> Vec<usize> {
    let mut tracer = Tracer::new();
    report(&mut tracer);
    while let Some(work) = tracer.deferred.pop() {
        // SAFETY: it is about parts of the value, which is still borrowed.
        unsafe { work.resume(&mut tracer) };
    }
    let mut found: Vec<usize> = tracer.edges.iter().map(|edge| edge.addr()).collect();
    found.retain(|&address| address >= FIRST_EDGE_ADDRESS);
    found.sort_unstable();
    found
}

/// A `Gc` that points at nothing.
///
/// # Safety
///
/// It is never read through, and its brand belongs to no heap.
///
/// # Panics
///
/// If the address is null.
pub unsafe fn dangling_gc<'gc, T: Trace<'gc>>(address: usize) -> Gc<'gc, T> {
    let target =
        NonNull::new(core::ptr::without_provenance_mut(address)).expect("an address that is not null");
    // SAFETY: invariant 1 of `Gc` is the caller's duty; 2 is the bound.
    unsafe { Gc::from_non_null(target) }
}
