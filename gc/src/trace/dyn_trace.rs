//! Trait objects in the heap.

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
#[macro_export]
macro_rules! dyn_trace {
    // Everything is named by `$crate`, which no program can redirect, but for the trait, about which nothing is
    // believed but what the compiler checks.
    (dyn $Trait:ident $(:: $Path:ident)* <$brand:lifetime> $(,)?) => {
        const _: () = {
            // SAFETY: duty 1: the object reports itself through `DynTrace`, which the trait extends; if it
            // did not, `trace_object` would not be found. All is in the tail; what is dropped is unknown.
            unsafe impl<$brand> $crate::Trace<$brand> for dyn $Trait $(:: $Path)* <$brand> + $brand {
                const MASK: $crate::__private::Mask = $crate::__private::Mask::EMPTY;
                const TAIL: $crate::__private::bool = true;
                const LEAF: $crate::__private::bool = false;
                fn trace(&self, tracer: &mut $crate::__private::Tracer) {
                    $crate::DynTrace::<$brand>::trace_object(self, tracer);
                }
                fn trace_tail(&self, tracer: &mut $crate::__private::Tracer) {
                    $crate::DynTrace::<$brand>::trace_object(self, tracer);
                }
                fn owned(&self, tally: &mut $crate::__private::Tally) {
                    $crate::DynTrace::<$brand>::owned_by_object(self, tally);
                }
            }
            // SAFETY: only the brand changes, which does not change the table of methods.
            unsafe impl<$brand> $crate::__private::RebrandDst for dyn $Trait $(:: $Path)* <$brand> + $brand {
                type Static = dyn $Trait $(:: $Path)* <'static> + 'static;
                type At<'__at> = dyn $Trait $(:: $Path)* <'__at> + '__at;
            }
        };
    };
}
