//! What may be used after a panic has been caught.
//!
//! All handles: a mutation that unwinds leaves the heap and every object in it as safe to use as one that returns, and
//! an object is never seen half made. Whether they are [`UnwindSafe`] does not depend on what they point to. It would
//! be asked through all types that a type leads to, which refuses nearly every graph, as something in it can change;
//! and the compiler gives up where many types know each other. So it says nothing of the program's own rules: a
//! change of several cells that a panic interrupts stays half made, as with atomics.

use std::panic::{RefUnwindSafe, UnwindSafe};

use crate::builder::HeapBuilder;
use crate::gc_vec::GcVec;
use crate::heap::{Heap, Mutator, WeakHeap};
use crate::mutator::Mutation;
use crate::pinned::Pinned;
use crate::pointer::{Gc, GcSlice, GcStr, Root, WeakGc, WeakRoot};
use crate::seed::Seed;

/// Implements both traits for types of which a catcher of panics may use what it has.
macro_rules! may_be_used_after_a_panic {
    ($([$($parameters:tt)*] $Type:ty),+ $(,)?) => {$(
        impl<$($parameters)*> UnwindSafe for $Type {}
        impl<$($parameters)*> RefUnwindSafe for $Type {}
    )+};
}

may_be_used_after_a_panic! {
    [] Heap,
    [] HeapBuilder,
    [] WeakHeap,
    [] Mutator,
    [] Mutation<'_>,
    [] Seed<'_>,
    [T: ?Sized] Gc<'_, T>,
    [T] GcSlice<'_, T>,
    [] GcStr<'_>,
    [T] GcVec<'_, T>,
    [T: ?Sized] WeakGc<'_, T>,
    [T: ?Sized] Root<T>,
    [T: ?Sized] Pinned<T>,
    [T: ?Sized] WeakRoot<T>,
}
