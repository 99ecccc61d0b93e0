//! The program's side of marking: a type reports its edges.

mod derived;
mod dyn_trace;
mod impls;
mod leaf;
mod rebrand;
mod static_value;
mod tally;
mod tracer;

pub use derived::Derived;
pub use dyn_trace::{DynObject, address_of_object};
pub use leaf::Leaf;
pub use rebrand::{AtBrand, Rebrand, RebrandDst};
pub use static_value::Static;
pub use tally::Tally;
pub use tracer::Tracer;
pub(crate) use tracer::{Deferred, TakeEdges, TraceFn, trace_tail_value, trace_value};

use crate::object::{DropKind, DropWalk, Mask};

/// A type whose values may be stored in the heap of brand `'gc`.
///
/// Write `#[derive(Trace)]`; there is hardly ever a reason to implement it by hand. A type that holds no
/// [`Gc`](crate::Gc) and has neither lifetime nor type parameter may own anything that is `Send + Sync`.
///
/// # Safety
///
/// An implementation is right when it keeps these duties, for every value and every `'gc`:
///
/// 1. **Edges.** [`trace`](Self::trace) reports every `Gc` that the value owns, directly or through what it
///    owns. [`MASK`](Self::MASK) and [`trace_tail`](Self::trace_tail) together report the same edges: the
///    mask those that always lie in the same word, `trace_tail` all others and none of the mask's.
/// 2. **Masked words.** Every word in `MASK` is initialized in every value, and is a `Gc`, a null, or a word
///    made by [`Word`](crate::Word). After the value is shared it changes only through `GcCell`.
/// 3. **`TAIL`** is true if `trace_tail` could report anything; **`LEAF`** is true only if the type is
///    `'static` and can hold no edge, decided from type arguments, never from fields (a recursive type
///    would be a constant that depends on itself); `LEAF` implies an empty mask and no tail.
/// 4. **`POINTER`** is true only if the type's first word is an edge that is never null and that is the
///    only place where `Option` of the type can keep its `None`.
/// 5. **Drop.** Dropping the value never follows a `Gc`: neighbours may be gone. A type that can hold a
///    `Gc` has no `Drop` of its own. [`drop_kind`](Self::drop_kind) answers [`DropKind::User`] if code of
///    the program could run.
/// 6. `trace`, `trace_tail` and `owned` look at nothing but the value and what it owns, and do not panic, block, allocate in the heap, or change the value.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be stored in the garbage-collected heap",
    label = "not known to the collector: `Trace` is not implemented for `{Self}`",
    note = "add `#[derive(gc::Trace)]` to the type if it is yours",
    note = "if it is foreign and holds no `Gc`, mark the field `#[trace(static)]` or wrap it in `gc::Static`",
    note = "for a field that changes use `GcCell`, `GcRefCell` or `GcRwLock` instead of `Cell`, `RefCell` or `Mutex`",
    note = "for a `dyn` type call `gc::dyn_trace!(dyn Shape<'gc>)` where its trait is declared"
)]
pub unsafe trait Trace<'gc>: Send + Sync + 'gc {
    /// Which words of a value are edges. See duties 1 and 2.
    const MASK: Mask;
    /// Whether [`trace_tail`](Self::trace_tail) may report edges. See duty 3.
    const TAIL: bool;
    /// Whether no value can hold an edge. See duty 3.
    const LEAF: bool;
    /// Whether a value is one never-null edge in its first word. See duty 4.
    const POINTER: bool = false;
    /// For an enum of documented layout (`repr(u8)` and the like, `repr(C)`): the mask of each variant, in
    /// the order of declaration. What they have in common is in [`MASK`](Self::MASK).
    const VARIANTS: &'static [Mask] = &[];
    /// What `#[derive(Trace)]` does everything through.
    #[doc(hidden)]
    const DERIVED: Derived = Derived::NEW;

    /// Reports every edge of the value.
    fn trace(&self, tracer: &mut Tracer);

    /// Reports the edges that [`MASK`](Self::MASK) cannot describe.
    fn trace_tail(&self, tracer: &mut Tracer);

    /// Adds up what the value owns elsewhere, in bytes: for each container, what it has allocated, in constant time; then
    /// what is in it, by way of the [`Tally`]. The collector paces itself by it; what is not told is not counted.
    /// It is asked only if the type has drop glue, as what owns memory has.
    #[inline]
    fn owned(&self, tally: &mut Tally) {
        let _ = tally;
    }

    /// What runs when a value is dropped. See duty 5.
    fn drop_kind(walk: &mut DropWalk) -> DropKind {
        walk.unknown::<Self>()
    }
}

/// What a trait must extend so that `dyn Trait` can be stored in the heap.
///
/// Implemented for every type that is [`Trace`]. Declare `trait Shape<'gc>: DynTrace<'gc> + 'gc` and register
/// it with [`dyn_trace!`](crate::dyn_trace).
///
/// # Safety
///
/// [`trace_object`](Self::trace_object) reports what [`Trace::trace`] of the concrete type reports.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be stored in the garbage-collected heap as a trait object",
    label = "`Trace` is not implemented for `{Self}`",
    note = "add `#[derive(gc::Trace)]` to the type",
    note = "a `dyn` type is traced if its trait extends `gc::DynTrace`: \
            `trait Shape<'gc>: DynTrace<'gc> + 'gc`"
)]
pub unsafe trait DynTrace<'gc>: Send + Sync + 'gc {
    /// Reports every edge of the value.
    fn trace_object(&self, tracer: &mut Tracer);

    /// Adds up what the value owns: [`Trace::owned`].
    fn owned_by_object(&self, tally: &mut Tally) {
        let _ = tally;
    }
}

// SAFETY: forwards to the concrete type.
unsafe impl<'gc, T: Trace<'gc>> DynTrace<'gc> for T {
    fn trace_object(&self, tracer: &mut Tracer) {
        self.trace(tracer);
    }

    fn owned_by_object(&self, tally: &mut Tally) {
        self.owned(tally);
    }
}
