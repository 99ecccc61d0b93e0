//! The tally: what a value owns on Rust's own heap, in bytes.
//!
//! Objects are small, what they own may be large: a `Vec` in an object is three words of the heap, and whatever its
//! capacity is elsewhere. The collector paces itself by both. So a value can be asked what it owns: when it becomes an
//! object, when it has been changed, when it dies, and, if it may have been changed in the depth, at each cycle.
//!
//! As tracing does, a tally nests at most [`MAX_DEPTH`] calls deep; the rest is put off and asked from a loop.

use core::mem::{ManuallyDrop, needs_drop};

use super::Trace;

/// Nested owned containers that are asked by recursion before the rest is put off.
const MAX_DEPTH: u32 = 32;

/// Tallies the value at the address.
type TallyFn = unsafe fn(*const u8, &mut Tally);

/// Adds up what values own. See [`Trace::owned`].
///
/// Only the heap makes one, for a value that nobody else can change: one that is about to become an object, that is borrowed
/// exclusively, that is dead, or any at a stop. Cells are looked into without borrowing them.
///
/// Sums saturate: what has no size in memory may have any capacity.
///
/// # Examples
///
/// ```
/// use gc::implement::{DropKind, DropWalk, Mask, Tally, Tracer};
/// # use gc::Trace;
/// #
/// /// A container that the collector does not know.
/// struct Stack<T>(Vec<T>);
/// #
/// # // SAFETY: the duties of `Trace`: all edges are those of the elements, which the tail reports; the mask is empty; it is a
/// # // leaf if its elements are; a `Vec` is dropped by library code, and drops its elements.
/// unsafe impl<'gc, T: Trace<'gc>> Trace<'gc> for Stack<T> {
/// #     const MASK: Mask = Mask::EMPTY;
/// #     const TAIL: bool = !T::LEAF;
/// #     const LEAF: bool = T::LEAF;
/// #
/// #     fn trace(&self, tracer: &mut Tracer) {
/// #         tracer.slice(&self.0);
/// #     }
/// #
///     fn owned(&self, tally: &mut Tally) {
///         tally.add_room::<T>(self.0.capacity());
///         tally.inside(self, |stack, tally| tally.each(&stack.0));
///     }
/// #
/// #     fn drop_kind(walk: &mut DropWalk) -> DropKind {
/// #         DropKind::Library.and(walk.visit::<T>(T::drop_kind))
/// #     }
/// }
/// #
/// # unsafe impl<T: gc::Rebrand> gc::Rebrand for Stack<T> {
/// #     type Static = Stack<T::Static>;
/// #     type At<'a> = Stack<T::At<'a>>;
/// # }
///
/// let heap = gc::Heap::new();
/// let root = heap.mutate(|mc| mc.root(gc::Gc::new(mc, Stack(vec![String::from("four"); 2]))));
/// heap.collect()?;
/// assert_eq!(heap.stats().owned_bytes, 2 * 24 + 2 * 4);
/// # drop(root);
/// # Ok::<(), gc::CollectError>(())
/// ```
#[derive(Debug)]
pub struct Tally {
    bytes: usize,
    /// Whether what owned values own is asked for, too.
    deep: bool,
    /// How many [`inside`](Self::inside) calls are active.
    depth: u32,
    /// Taken out by [`finish`](Self::finish). It has no drop glue, which every `Gc::new` would have to have ready, too: where
    /// `owned` panics, which it must not, what was put off is leaked.
    put_off: ManuallyDrop<Vec<(*const u8, TallyFn)>>,
}

impl Tally {
    const fn new(deep: bool) -> Self {
        Self { bytes: 0, deep, depth: 0, put_off: ManuallyDrop::new(Vec::new()) }
    }

    /// What a value owns, and what that owns, and so on.
    #[inline]
    pub(crate) fn of<'gc, T: ?Sized + Trace<'gc>>(value: &T) -> usize {
        if const { needs_drop::<T>() } {
            let mut tally = Self::new(true);
            value.owned(&mut tally);
            tally.finish()
        } else {
            0
        }
    }

    /// What a value owns itself: the containers in it, and not what is in these. Takes no time that depends on how much is
    /// in them.
    #[inline]
    pub(crate) fn shallow<'gc, T: ?Sized + Trace<'gc>>(value: &T) -> usize {
        if const { needs_drop::<T>() } {
            // Puts nothing off.
            let mut tally = Self::new(false);
            value.owned(&mut tally);
            tally.bytes
        } else {
            0
        }
    }

    #[inline]
    fn finish(mut self) -> usize {
        if !self.put_off.is_empty() {
            self.do_the_rest();
        }
        self.bytes
    }

    #[cold]
    fn do_the_rest(&mut self) {
        while let Some((at, tally)) = self.put_off.pop() {
            // SAFETY: part of the value that is being asked, which does not change meanwhile.
            unsafe { tally(at, self) };
        }
        *self.put_off = Vec::new();
    }

    /// Adds an allocation of so many bytes.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::implement::Tally;
    ///
    /// /// What `String` does.
    /// fn owned(text: &String, tally: &mut Tally) {
    ///     tally.add(text.capacity());
    /// }
    /// ```
    #[inline]
    pub fn add(&mut self, bytes: usize) {
        self.bytes = self.bytes.saturating_add(bytes);
    }

    /// Adds an allocation with room for `n` values of type `T`.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::implement::Tally;
    ///
    /// /// What a `Vec` does first.
    /// fn owned<T>(vec: &Vec<T>, tally: &mut Tally) {
    ///     tally.add_room::<T>(vec.capacity());
    /// }
    /// ```
    #[inline]
    pub fn add_room<T>(&mut self, n: usize) {
        self.add(n.saturating_mul(size_of::<T>()));
    }

    /// Asks the values in `container`, by calling `ask` now or, when calls nest too deep, later. Implementations for
    /// `Box`, maps and the like go through here, so that no nesting of owned data overflows the stack.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::Trace;
    /// use gc::implement::Tally;
    ///
    /// /// What `Box<T>` does.
    /// fn owned<'gc, T: Trace<'gc>>(boxed: &Box<T>, tally: &mut Tally) {
    ///     tally.add(size_of::<T>());
    ///     tally.inside(boxed, |boxed, tally| boxed.as_ref().owned(tally));
    /// }
    /// ```
    #[inline]
    pub fn inside<C>(&mut self, container: &C, ask: fn(&C, &mut Self)) {
        if !self.deep {
            return;
        }
        if self.depth < MAX_DEPTH {
            self.depth += 1;
            ask(container, self);
            self.depth -= 1;
        } else {
            // SAFETY: `&C` with `C: Sized` and `*const u8` are passed alike (the ABI rules of function pointers), and it is
            // called with the address of `container` only.
            let ask = unsafe { core::mem::transmute::<fn(&C, &mut Self), TallyFn>(ask) };
            self.put_off.push((core::ptr::from_ref(container).cast(), ask));
        }
    }

    /// Asks values one by one.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::Trace;
    /// use gc::implement::Tally;
    ///
    /// /// What `Vec<T>` does.
    /// fn owned<'gc, T: Trace<'gc>>(vec: &Vec<T>, tally: &mut Tally) {
    ///     tally.add_room::<T>(vec.capacity());
    ///     tally.inside(vec, |vec, tally| tally.each(vec));
    /// }
    /// ```
    #[inline]
    pub fn each<'a, 'gc, T: Trace<'gc> + 'a>(&mut self, values: impl IntoIterator<Item = &'a T>) {
        if const { needs_drop::<T>() } {
            values.into_iter().for_each(|value| value.owned(self));
        }
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use std::collections::{BinaryHeap, HashMap, LinkedList, VecDeque};

    use super::Tally;

    #[test]
    fn containers_own_their_capacity_and_what_is_in_them() {
        let text = String::with_capacity(100);
        assert_eq!(Tally::of(&text), 100);
        let texts = vec![text, String::from("abc")];
        let own = texts.capacity() * size_of::<String>();
        assert_eq!((Tally::shallow(&texts), Tally::of(&texts)), (own, own + 103));
        assert_eq!(Tally::of(&Box::new(texts)), size_of::<Vec<String>>() + own + 103);
        assert_eq!(Tally::of(&Some((Box::new(1_u64), [vec![0_u8; 5], Vec::new()]))), 8 + 5);
        assert_eq!(Tally::of(&VecDeque::<u64>::with_capacity(7)), 56);
        assert_eq!(Tally::of(&BinaryHeap::<u64>::with_capacity(7)), 56);
        assert_eq!(Tally::of(&LinkedList::from([1_u64, 2])), 2 * 24);
        assert_eq!(Tally::of(&vec![1_u8; 9].into_boxed_slice()), 9);
        assert_eq!(Tally::of::<Box<str>>(&"nine chars".into()), 10);
        assert_eq!(Tally::of(&7_u64), 0);
        let map: HashMap<u64, u64> = (0..1000).map(|n| (n, n)).collect();
        assert_eq!(Tally::of(&map), 2048 * 17 + 16);
    }

    #[test]
    fn what_has_no_size_takes_no_room() {
        assert_eq!(Tally::of(&vec![(); usize::MAX]), 0);
        let mut tally = Tally::new(true);
        tally.add(usize::MAX);
        tally.add_room::<u64>(usize::MAX);
        assert_eq!(tally.finish(), usize::MAX);
    }
}
