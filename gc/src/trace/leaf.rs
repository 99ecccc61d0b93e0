//! [`Leaf`].

use super::{AtBrand, Rebrand, RebrandDst};

/// A type that holds no [`Gc`](crate::Gc): it may lie in any heap and be rooted, and is the same type at every brand.
///
/// Numbers, strings, containers of these, [`Static`](crate::Static), and what derives [`Trace`](crate::Trace) without
/// lifetime and type parameters. It is the one bound that code needs which is generic over plain data; all such types
/// have it, and none can be given it.
///
/// # Examples
///
/// ```
/// use gc::{Gc, Heap, Leaf, Root, Trace};
///
/// // In a type it is the bound of a parameter that never holds a `Gc`.
/// #[derive(Trace)]
/// struct Entry<'gc, #[trace(static)] T: Leaf> {
///     value: T,
///     next: Option<Gc<'gc, Entry<'gc, T>>>,
/// }
///
/// fn keep<T: Leaf>(heap: &Heap, value: T) -> Root<Entry<'static, T>> {
///     heap.mutate(|mc| mc.root(Gc::new(mc, Entry { value, next: None })))
/// }
///
/// fn read<T: Leaf + Clone>(heap: &Heap, root: &Root<Entry<'static, T>>) -> T {
///     heap.mutate(|mc| root.get(mc).value.clone())
/// }
///
/// let heap = Heap::new();
/// let root = keep(&heap, String::from("data"));
/// assert_eq!(read(&heap, &root), "data");
/// ```
///
/// What holds a `Gc` has not the bound:
///
/// ```compile_fail
/// fn plain<T: gc::Leaf>() {}
///
/// plain::<gc::Gc<'static, u8>>();
/// ```
pub trait Leaf:
    for<'gc> AtBrand<'gc>
    + for<'gc> Rebrand<Static = Self, At<'gc> = Self>
    + for<'gc> RebrandDst<Static = Self, At<'gc> = Self>
{
}

impl<T> Leaf for T where
    T: for<'gc> AtBrand<'gc>
        + for<'gc> Rebrand<Static = T, At<'gc> = T>
        + for<'gc> RebrandDst<Static = T, At<'gc> = T>
{
}
