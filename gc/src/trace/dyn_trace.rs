//! Trait objects in the heap.

use core::ptr::NonNull;

use super::DynTrace;

/// What [`dyn_trace!`](crate::dyn_trace) makes of a trait that extends [`DynTrace`]. All that it implements goes by this, so
/// that it is said once, and not at every use, if the trait does not.
///
/// # Safety
///
/// [`object`](Self::object) gives the address of the value itself.
pub unsafe trait DynObject<'gc> {
    /// The same object, of which nothing else is known. By address: references to a program's trait objects may be
    /// coerced by a `Deref` of the program's, addresses only to a trait that their own extends.
    fn object(&self) -> NonNull<dyn DynTrace<'gc> + 'gc>;

    /// The same as a reference.
    fn as_object(&self) -> &(dyn DynTrace<'gc> + 'gc) {
        // SAFETY: the address of `self`.
        unsafe { self.object().as_ref() }
    }
}

/// The address of an object, as what it is.
pub fn address_of_object<T: ?Sized>(object: &T) -> NonNull<T> {
    NonNull::from(object)
}

/// Makes trait objects of a trait storable in the heap: `Gc<'gc, dyn Shape<'gc>>`, `Box<dyn Shape<'gc>>`,
/// `Root<dyn Shape<'static>>`.
///
/// The trait has one lifetime, the brand, and extends [`DynTrace<'gc>`](crate::DynTrace) and `'gc`.
///
/// # Examples
///
/// ```
/// use gc::{DynTrace, Gc, Heap, Root, Trace, dyn_trace};
///
/// trait Shape<'gc>: DynTrace<'gc> + 'gc {
///     fn area(&self) -> f64;
/// }
/// dyn_trace!(dyn Shape<'gc>);
///
/// #[derive(Trace)]
/// struct Square(f64);
///
/// impl<'gc> Shape<'gc> for Square {
///     fn area(&self) -> f64 {
///         self.0 * self.0
///     }
/// }
///
/// let heap = Heap::new();
/// let root: Root<dyn Shape<'static>> = heap.mutate(|mc| {
///     let shape = Gc::unsize::<dyn Shape>(Gc::new(mc, Square(3.0)), |square| square);
///     mc.root(shape)
/// });
/// heap.mutate(|mc| assert_eq!(root.get(mc).area(), 9.0));
/// ```
///
/// Type arguments are written out, as many times as there are. For all of them at once declare type parameters in front, as
/// `for<'a>` declares lifetimes; such a parameter is `'static`, and may have bounds:
///
/// ```
/// use gc::{DynTrace, Gc, dyn_trace};
///
/// trait Handler<'gc, E>: DynTrace<'gc> + 'gc {
///     fn handle(&self, event: E);
/// }
/// dyn_trace!(dyn Handler<'gc, Gc<'gc, String>>);
/// dyn_trace!(dyn Handler<'gc, u64>);
///
/// trait Store<'gc, K: Ord>: DynTrace<'gc> + 'gc {
///     fn find(&self, key: &K) -> Option<Gc<'gc, String>>;
/// }
/// dyn_trace!(for<K> dyn Store<'gc, K> where K: Ord);
/// ```
///
/// A trait of types that hold no `Gc` has no lifetime, and extends `DynTrace` at every brand:
///
/// ```
/// use gc::{DynTrace, Gc, Trace, dyn_trace};
///
/// trait Plugin: for<'gc> DynTrace<'gc> {
///     fn name(&self) -> &str;
/// }
/// dyn_trace!(dyn Plugin);
///
/// #[derive(Trace)]
/// struct Loaded<'gc> {
///     own: Box<dyn Plugin>,
///     shared: Gc<'gc, dyn Plugin + 'static>, // else it is `dyn Plugin + 'gc`
/// }
/// ```
#[macro_export]
macro_rules! dyn_trace {
    // Everything is named by `$crate`, which no program can redirect, but for the trait, about which nothing is
    // believed but what the compiler checks. What the program gives is parsed piece by piece, in every arm, as it
    // may call each of them: nothing but a type gets in where a type is expected.
    (for <$($T:ident),+ $(,)?> dyn $($rest:tt)+) => {
        $crate::dyn_trace!(@trait [$($T)+] $($rest)+);
    };
    (dyn $($rest:tt)+) => {
        $crate::dyn_trace!(@trait [] $($rest)+);
    };

    (@trait [$($T:ident)*] $Trait:ident $(:: $Path:ident)* <$one:lifetime, $other:lifetime $($rest:tt)*) => {
        $crate::dyn_trace!(@error "the trait of an object in the heap has one lifetime, the brand");
    };
    (@trait [$($T:ident)*] $Trait:ident $(:: $Path:ident)* <'static $($rest:tt)*) => {
        $crate::dyn_trace!(@error "the brand is any lifetime, and so not `'static`");
    };
    (@trait [$($T:ident)*] $Trait:ident $(:: $Path:ident)* $(<$brand:lifetime>)? + $($rest:tt)*) => {
        $crate::dyn_trace!(@error "the trait stands alone, without `+ ..`");
    };
    // A trait of a brand.
    (
        @trait [$($T:ident)*] $Trait:ident $(:: $Path:ident)* <$brand:lifetime $(, $A:ty)* $(,)?> $(,)?
        $(where $(
            $P:ident: $B:ident $(:: $Bs:ident)* $(<$($Ba:ty),+>)? $(+ $C:ident $(:: $Cs:ident)* $(<$($Ca:ty),+>)?)*
        ),+ $(,)?)?
    ) => {
        const _: () = {
            type __Object<$brand, $($T),*> = dyn $Trait $(:: $Path)* <$brand $(, $A)*> + $brand;
            // SAFETY: the address of the value.
            unsafe impl<$brand, $($T: 'static),*> $crate::__private::DynObject<$brand> for __Object<$brand, $($T),*>
            where
                $($($P: $B $(:: $Bs)* $(<$($Ba),+>)? $(+ $C $(:: $Cs)* $(<$($Ca),+>)?)*,)+)?
            {
                fn object(&self) -> $crate::__private::NonNull<dyn $crate::DynTrace<$brand> + $brand> {
                    let object = $crate::__private::address_of_object(self);
                    object
                }
            }
            // SAFETY: duty 1: the object reports itself through `DynTrace`, which its trait extends. All is in the tail;
            // what is dropped is unknown.
            unsafe impl<$brand, $($T: 'static),*> $crate::Trace<$brand> for __Object<$brand, $($T),*>
            where
                Self: $crate::__private::Send + $crate::__private::Sync,
                $($($P: $B $(:: $Bs)* $(<$($Ba),+>)? $(+ $C $(:: $Cs)* $(<$($Ca),+>)?)*,)+)?
            {
                const MASK: $crate::__private::Mask = $crate::__private::Mask::EMPTY;
                const TAIL: $crate::__private::bool = true;
                const LEAF: $crate::__private::bool = false;
                fn trace(&self, tracer: &mut $crate::__private::Tracer) {
                    $crate::DynTrace::trace_object($crate::__private::DynObject::<$brand>::as_object(self), tracer);
                }
                fn trace_tail(&self, tracer: &mut $crate::__private::Tracer) {
                    $crate::DynTrace::trace_object($crate::__private::DynObject::<$brand>::as_object(self), tracer);
                }
                fn owned(&self, tally: &mut $crate::__private::Tally) {
                    $crate::DynTrace::owned_by_object($crate::__private::DynObject::<$brand>::as_object(self), tally);
                }
            }
            // SAFETY: only the brand changes, which does not change the table of methods.
            unsafe impl<'__brand, $($T: 'static),*> $crate::__private::RebrandDst for __Object<'__brand, $($T),*>
            where
                for<'__any> __Object<'__any, $($T),*>: $crate::__private::Send + $crate::__private::Sync,
                $($($P: $B $(:: $Bs)* $(<$($Ba),+>)? $(+ $C $(:: $Cs)* $(<$($Ca),+>)?)*,)+)?
            {
                type Static = __Object<'static, $($T),*>;
                type At<'__at> = __Object<'__at, $($T),*>;
            }
        };
    };
    (@trait $parameters:tt $Trait:ident $(:: $Path:ident)* <$brand:lifetime $($rest:tt)*) => {
        $crate::dyn_trace!(@error "expected one trait, perhaps with `where` and bounds such as `T: Clone + Into<u64>`");
    };
    // A trait of types that hold no `Gc`, which are `'static`. Methods of `dyn Trait + 'gc` cannot be called, so it is not
    // stored.
    (
        @trait [$($T:ident)*] $Trait:ident $(:: $Path:ident)* $(<$($A:ty),+ $(,)?>)? $(,)?
        $(where $(
            $P:ident: $B:ident $(:: $Bs:ident)* $(<$($Ba:ty),+>)? $(+ $C:ident $(:: $Cs:ident)* $(<$($Ca:ty),+>)?)*
        ),+ $(,)?)?
    ) => {
        const _: () = {
            type __Object<'__o, $($T),*> = dyn $Trait $(:: $Path)* $(<$($A),+>)? + '__o;
            // SAFETY: the address of the value.
            unsafe impl<'__gc, $($T: 'static),*> $crate::__private::DynObject<'__gc> for __Object<'static, $($T),*>
            where
                $($($P: $B $(:: $Bs)* $(<$($Ba),+>)? $(+ $C $(:: $Cs)* $(<$($Ca),+>)?)*,)+)?
            {
                fn object(&self) -> $crate::__private::NonNull<dyn $crate::DynTrace<'__gc> + '__gc> {
                    let object = $crate::__private::address_of_object(self);
                    object
                }
            }
            // SAFETY: duty 1: the object reports itself through `DynTrace`, which its trait extends. All is in the tail;
            // what is dropped is unknown.
            unsafe impl<'__gc, $($T: 'static),*> $crate::Trace<'__gc> for __Object<'static, $($T),*>
            where
                for<'__any> __Object<'__any, $($T),*>: $crate::__private::Send + $crate::__private::Sync,
                $($($P: $B $(:: $Bs)* $(<$($Ba),+>)? $(+ $C $(:: $Cs)* $(<$($Ca),+>)?)*,)+)?
            {
                const MASK: $crate::__private::Mask = $crate::__private::Mask::EMPTY;
                const TAIL: $crate::__private::bool = true;
                const LEAF: $crate::__private::bool = false;
                fn trace(&self, tracer: &mut $crate::__private::Tracer) {
                    $crate::DynTrace::trace_object($crate::__private::DynObject::<'__gc>::as_object(self), tracer);
                }
                fn trace_tail(&self, tracer: &mut $crate::__private::Tracer) {
                    $crate::DynTrace::trace_object($crate::__private::DynObject::<'__gc>::as_object(self), tracer);
                }
                fn owned(&self, tally: &mut $crate::__private::Tally) {
                    $crate::DynTrace::owned_by_object($crate::__private::DynObject::<'__gc>::as_object(self), tally);
                }
            }
            // SAFETY: a type without a brand.
            unsafe impl<$($T: 'static),*> $crate::__private::RebrandDst for __Object<'static, $($T),*>
            where
                for<'__any> __Object<'__any, $($T),*>: $crate::__private::Send + $crate::__private::Sync,
                $($($P: $B $(:: $Bs)* $(<$($Ba),+>)? $(+ $C $(:: $Cs)* $(<$($Ca),+>)?)*,)+)?
            {
                type Static = Self;
                type At<'__at> = Self;
            }
        };
    };

    (@trait $($rest:tt)*) => {
        $crate::dyn_trace!(@error "expected one trait, perhaps with `where` and bounds such as `T: Clone + Into<u64>`");
    };
    (@error $what:literal) => {
        ::core::compile_error!(::core::concat!(
            $what,
            ": write `dyn_trace!(dyn Shape<'gc>)`, with parameters `dyn_trace!(for<T> dyn Shape<'gc, T> where T: Clone)`"
        ));
    };
    (for <$brand:lifetime $($rest:tt)*) => {
        $crate::dyn_trace!(@error "the brand is not declared");
    };
    (dyn) => {
        $crate::dyn_trace!(@error "expected `dyn` and a trait");
    };
    ($Trait:ident $($rest:tt)*) => {
        $crate::dyn_trace!(@error "`dyn` is missing before the trait");
    };
    ($($other:tt)*) => {
        $crate::dyn_trace!(@error "expected `dyn` and a trait");
    };
}
