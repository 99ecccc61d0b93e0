//! One walk over the fields of a value, for everybody who wants to see them.
//!
//! A derived type says once which fields it has, in [`Trace::trace_fields`]. What becomes of a field is said here, by one visitor
//! for each purpose: to report its edges, to add up what it owns, to name its parts. So a derive emits one function and not
//! four, and what the compiler has to check of a type is a call for each field.
//!
//! # Invariants
//!
//! 1. The visitors are those of this file, and made by the methods of [`Derived`] for the value whose fields they are
//!    shown. So no program sees the private fields of another's type.
//! 2. A field is shown with exactly the type that the derive saw: its constants speak of that one.

use core::marker::PhantomData;
use core::ptr::from_ref;

use super::{Derived, Parts, Tally, Trace, Tracer};
use crate::object::Mask;

mod sealed {
    use crate::trace::Tally;

    /// What does not depend on a brand. Nobody else can implement it.
    pub trait Visitor {
        /// The variant of an enum, before its fields.
        ///
        /// # Safety
        ///
        /// The value whose fields are shown is of the variant of this number.
        #[inline]
        unsafe fn variant(&mut self, name: &'static str, index: usize) {
            let _ = (name, index);
        }

        /// Where is added up what fields own that need not be `Trace`, if anybody wants to know.
        #[inline]
        fn tally(&mut self) -> Option<&mut Tally> {
            None
        }
    }
}
use sealed::Visitor;

/// Sees the fields of a value, one after the other.
pub trait Fields<'gc>: Visitor {
    /// A field that is `Trace`.
    fn field<T: Trace<'gc>>(&mut self, name: &'static str, value: &T);

    /// The last field of a type that may have no size.
    fn last<T: ?Sized + Trace<'gc>>(&mut self, name: &'static str, value: &T);

    /// A value of a type that is not derived, which shows no fields.
    fn by_hand<T: ?Sized + Trace<'gc>>(&mut self, value: &T);
}

/// Reports all edges of the fields.
struct AllEdges<'t>(&'t mut Tracer);

impl Visitor for AllEdges<'_> {}
impl<'gc> Fields<'gc> for AllEdges<'_> {
    #[inline]
    fn field<T: Trace<'gc>>(&mut self, _: &'static str, value: &T) {
        value.trace(self.0);
    }

    #[inline]
    fn last<T: ?Sized + Trace<'gc>>(&mut self, _: &'static str, value: &T) {
        value.trace(self.0);
    }

    #[inline]
    fn by_hand<T: ?Sized + Trace<'gc>>(&mut self, value: &T) {
        value.trace(self.0);
    }
}

/// Reports the edges that are not in the masks of the fields; before those of an enum with a mask for each variant, the edges of
/// the variant that are not in the mask of all.
struct TailEdges<'t> {
    tracer: &'t mut Tracer,
    value: *const u8,
    /// None, if the value is of a struct, which shows no variant.
    variants: &'static [Mask],
    common: Mask,
}

impl Visitor for TailEdges<'_> {
    #[inline]
    unsafe fn variant(&mut self, _: &'static str, index: usize) {
        let words = self.variants[index].minus(self.common).words();
        // SAFETY: the mask of a variant describes words of its values (duty 2 of `Trace`), of which this is one by the
        // caller's duty.
        unsafe { self.tracer.masked_at(self.value, words) };
    }
}
impl<'gc> Fields<'gc> for TailEdges<'_> {
    #[inline]
    fn field<T: Trace<'gc>>(&mut self, _: &'static str, value: &T) {
        value.trace_tail(self.tracer);
    }

    #[inline]
    fn last<T: ?Sized + Trace<'gc>>(&mut self, _: &'static str, value: &T) {
        value.trace_tail(self.tracer);
    }

    #[inline]
    fn by_hand<T: ?Sized + Trace<'gc>>(&mut self, _: &T) {
        const { assert_no_tail::<T>() };
    }
}

/// Adds up what the fields own.
struct Owned<'t>(&'t mut Tally);

impl Visitor for Owned<'_> {
    #[inline]
    fn tally(&mut self) -> Option<&mut Tally> {
        Some(self.0)
    }
}
impl<'gc> Fields<'gc> for Owned<'_> {
    #[inline]
    fn field<T: Trace<'gc>>(&mut self, _: &'static str, value: &T) {
        value.owned(self.0);
    }

    #[inline]
    fn last<T: ?Sized + Trace<'gc>>(&mut self, _: &'static str, value: &T) {
        value.owned(self.0);
    }

    #[inline]
    fn by_hand<T: ?Sized + Trace<'gc>>(&mut self, _: &T) {}
}

/// Names those that may hold an edge.
struct Named<'p, 'w>(&'p mut Parts<'w>);

impl Visitor for Named<'_, '_> {
    #[inline]
    unsafe fn variant(&mut self, name: &'static str, _: usize) {
        self.0.variant(name);
    }
}
impl<'gc> Fields<'gc> for Named<'_, '_> {
    #[inline]
    fn field<T: Trace<'gc>>(&mut self, name: &'static str, value: &T) {
        self.0.field(name, value);
    }

    #[inline]
    fn last<T: ?Sized + Trace<'gc>>(&mut self, name: &'static str, value: &T) {
        self.0.whole_field(name, value);
    }

    #[inline]
    fn by_hand<T: ?Sized + Trace<'gc>>(&mut self, value: &T) {
        self.0.whole(value);
    }
}

impl Derived {
    /// The value of a `PhantomData` field.
    pub const fn phantom<T: ?Sized>(self) -> PhantomData<T> {
        PhantomData
    }

    /// Shows the variant of an enum, before its fields.
    ///
    /// # Safety
    ///
    /// The value whose fields are shown is of the variant of this number.
    #[inline]
    pub unsafe fn variant(self, fields: &mut impl Visitor, name: &'static str, index: usize) {
        // SAFETY: the caller's duty.
        unsafe { fields.variant(name, index) };
    }

    /// Adds up what a field owns that need not be `Trace`.
    #[inline]
    pub fn own(self, fields: &mut impl Visitor, ask: impl FnOnce(&mut Tally)) {
        if let Some(tally) = fields.tally() {
            ask(tally);
        }
    }

    /// [`Trace::trace`], of all fields.
    #[inline]
    pub fn trace<'gc, T: ?Sized + Trace<'gc>>(self, value: &T, tracer: &mut Tracer) {
        T::trace_fields(value, &mut AllEdges(tracer));
    }
}

/// Reports the edges that are not in the mask: what [`Trace::trace_tail`] does by default.
#[inline]
pub(super) fn trace_tail<'gc, T: ?Sized + Trace<'gc>>(value: &T, tracer: &mut Tracer) {
    // A constant, so that no code is made of the other way.
    if const { T::MASK.fits() && !(T::MASK.is_empty() && T::VARIANTS.is_empty()) } {
        let (variants, common) = (T::VARIANTS, T::MASK);
        T::trace_fields(value, &mut TailEdges { tracer, value: from_ref(value).cast(), variants, common });
    } else {
        value.trace(tracer);
    }
}

/// What [`Trace::owned`] does by default.
#[inline]
pub(super) fn owned<'gc, T: ?Sized + Trace<'gc>>(value: &T, tally: &mut Tally) {
    T::trace_fields(value, &mut Owned(tally));
}

/// What [`Trace::trace_parts`] does by default.
#[inline]
pub(super) fn trace_parts<'gc, T: ?Sized + Trace<'gc>>(value: &T, parts: &mut Parts<'_>) {
    T::trace_fields(value, &mut Named(parts));
}

/// Fails to compile for a type that is not derived, has a tail beside a mask, and does not say which edges that is.
///
/// ```compile_fail,E0080
/// use gc::implement::{Mask, Tracer};
/// use gc::{Gc, Heap, Trace};
///
/// #[repr(C)]
/// struct Named<'gc>(Gc<'gc, String>, Vec<Gc<'gc, u64>>);
///
/// unsafe impl<'gc> Trace<'gc> for Named<'gc> {
///     const MASK: Mask = Mask::WORD;
///     const TAIL: bool = true;
///     const LEAF: bool = false;
///
///     fn trace(&self, tracer: &mut Tracer) {
///         self.0.trace(tracer);
///         self.1.trace(tracer);
///     }
/// }
///
/// Heap::new().mutate(|mc| Gc::new(mc, Named(Gc::new(mc, String::new()), Vec::new())).1.len());
/// ```
const fn assert_no_tail<'gc, T: ?Sized + Trace<'gc>>() {
    // All conditions, as it is evaluated for what is never called, too.
    assert!(
        T::MASK.is_empty() || !T::MASK.fits() || !T::TAIL,
        "a type that implements `Trace` by hand, with a mask and with edges that are not in it, implements `trace_tail`"
    );
}
