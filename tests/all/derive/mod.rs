//! What the derives emit.

mod drops;
mod generated;
mod heap;
mod holes;
mod hygiene;
mod masks;
mod shapes;
mod trait_objects;
mod unsized_types;
mod words;

use gc::__private::{dangling_gc, edges_of_mask, edges_of_tail, edges_of_trace};
use gc::{Gc, Trace};

/// A `Gc` that is never read through.
fn gc<'gc, T: Trace<'gc>>(address: usize) -> Gc<'gc, T> {
    // SAFETY: these tests look at the address only, and there is no heap.
    unsafe { dangling_gc(address) }
}

/// Checks that mask and tail together report what the full trace reports, which are `expected` edges.
#[track_caller]
fn assert_edges<'gc, T: Trace<'gc>>(value: &T, expected: usize) {
    // SAFETY: these tests borrow no cell.
    let by_mask = unsafe { edges_of_mask(value) };
    // SAFETY: as above.
    let by_tail = unsafe { edges_of_tail(value) };
    // SAFETY: as above.
    let all = unsafe { edges_of_trace(value) };
    compare(std::any::type_name::<T>(), &all, [by_mask, by_tail].concat(), expected);
}

/// What of the above does not depend on the type, of which there are hundreds.
#[track_caller]
fn compare(name: &str, all: &[usize], mut parts: Vec<usize>, expected: usize) {
    assert_eq!(all.len(), expected, "edges of {name}");
    parts.sort_unstable();
    assert_eq!(parts, all, "mask and tail of {name}");
}
