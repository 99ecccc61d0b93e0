//! [`GcVec`]: a growable array whose memory is an object of the heap. What is unsafe about it is in [`buffer`]; what may take
//! memory is in [`growing`].

mod buffer;
mod growing;
mod traits;

use buffer::Buffer;

use crate::object::{DropKind, DropWalk, Mask};
use crate::trace::{Parts, Rebrand, Trace, Tracer};

/// A growable array whose memory is an object of the heap: a `Vec` without `malloc` and without a destructor.
///
/// It is three words, as a `Vec` is, and a value like any other: it lies in a variable, a field or a cell, and its methods
/// need `&mut`, which a [`GcRefCell`](crate::GcRefCell) or [`GcRwLock`](crate::GcRwLock) around it gives. Those that may
/// take memory are given the mutation, too. It dereferences to a slice, so all that slices can do is there.
///
/// Only what is in use keeps objects alive: what was [popped](Self::pop) or [truncated](Self::truncate) does not, and is not
/// looked at by the collector. So it serves as the stack of an interpreter, whose room is there once and for all.
///
/// | | `GcVec<'gc, T>` | `Vec<T>` in an object |
/// |---|---|---|
/// | memory | the heap's; freed with all else that is dead | the system's allocator; freed when the object is swept |
/// | elements | have nothing to drop: numbers, `Gc`s, enums and structs of these | anything |
/// | an object with one in it | has nothing to drop | is dropped when it is swept |
/// | growing leaves the old memory | until the next collection | to the allocator, at once |
///
/// With an element that has something to drop it does not compile:
///
/// ```compile_fail,E0080
/// use gc::{GcVec, Heap};
///
/// Heap::new().mutate(|mc| GcVec::from_iter(mc, [String::from("a")]).len());
/// ```
///
/// # Examples
///
/// ```
/// use gc::{Gc, GcRefCell, GcVec, Heap, Root, Trace};
///
/// #[derive(Trace)]
/// struct Object<'gc> {
///     name: &'static str,
///     fields: GcRefCell<GcVec<'gc, Gc<'gc, Object<'gc>>>>,
/// }
///
/// let heap = Heap::new();
/// let root: Root<Object<'static>> = heap.mutate(|mc| {
///     let object = |name| Gc::new(mc, Object { name, fields: GcRefCell::default() });
///     let table = object("table");
///     let mut fields = table.fields.borrow_mut(mc);
///     for name in ["width", "height"] {
///         fields.push(mc, object(name));
///     }
///     drop(fields);
///     mc.root(table)
/// });
/// assert_eq!(heap.collect()?.live_objects, 4); // three objects, and the memory of one vector
/// assert_eq!(heap.stats().owned_bytes, 0); // nothing lies elsewhere
/// heap.mutate(|mc| {
///     let table = root.get(mc);
///     let mut fields = table.fields.borrow_mut(mc);
///     assert_eq!(fields.iter().map(|object| object.name).collect::<Vec<_>>(), ["width", "height"]);
///     fields.pop();
/// });
/// assert_eq!(heap.collect()?.live_objects, 3); // what was popped is gone
/// # Ok::<(), gc::CollectError>(())
/// ```
pub struct GcVec<'gc, T> {
    buffer: Buffer<'gc, T>,
}

impl<T> GcVec<'_, T> {
    /// The values. Also by dereferencing.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{GcVec, Heap};
    ///
    /// Heap::new().mutate(|mc| assert_eq!(GcVec::from_iter(mc, [1, 2]).as_slice(), [1, 2]));
    /// ```
    #[inline]
    pub fn as_slice(&self) -> &[T] {
        self.buffer.as_slice()
    }

    /// The values, to be changed. Also by dereferencing.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{GcVec, Heap};
    ///
    /// Heap::new().mutate(|mc| {
    ///     let mut numbers = GcVec::from_iter(mc, [3, 1, 2]);
    ///     numbers.as_mut_slice().sort();
    ///     assert_eq!(numbers, [1, 2, 3]);
    /// });
    /// ```
    #[inline]
    pub fn as_mut_slice(&mut self) -> &mut [T] {
        self.buffer.as_mut_slice()
    }

    /// How many values there is room for.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{GcVec, Heap};
    ///
    /// Heap::new().mutate(|mc| {
    ///     let numbers = GcVec::from_iter(mc, 0..100_u64);
    ///     assert!(numbers.capacity() >= 100);
    /// });
    /// ```
    #[inline]
    pub fn capacity(&self) -> usize {
        self.buffer.capacity()
    }

    #[inline]
    fn is_full(&self) -> bool {
        self.buffer.len() == self.buffer.capacity()
    }

    /// Takes the last value off. The vector keeps its memory.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{GcVec, Heap};
    ///
    /// Heap::new().mutate(|mc| {
    ///     let mut stack = GcVec::from_iter(mc, [1, 2]);
    ///     assert_eq!([stack.pop(), stack.pop(), stack.pop()], [Some(2), Some(1), None]);
    /// });
    /// ```
    #[inline]
    pub fn pop(&mut self) -> Option<T> {
        self.buffer.pop()
    }

    /// Takes all values off from `len` on, if there are so many, at no cost: nothing is to be dropped. The vector keeps its
    /// memory.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{GcVec, Heap};
    ///
    /// Heap::new().mutate(|mc| {
    ///     let mut stack = GcVec::from_iter(mc, 0..100);
    ///     let frame = 2;
    ///     stack.truncate(frame); // a call returns
    ///     assert_eq!(stack, [0, 1]);
    /// });
    /// ```
    #[inline]
    pub fn truncate(&mut self, len: usize) {
        self.buffer.truncate(len);
    }

    /// Takes all values off, at no cost. The vector keeps its memory.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{GcVec, Heap};
    ///
    /// Heap::new().mutate(|mc| {
    ///     let mut stack = GcVec::from_iter(mc, 0..100_u64);
    ///     stack.clear();
    ///     assert!(stack.is_empty() && stack.capacity() >= 100);
    /// });
    /// ```
    #[inline]
    pub fn clear(&mut self) {
        self.truncate(0);
    }

    /// Takes the value at `index` out, and moves all behind it one place to the front. As long as those are many, it takes
    /// long; [`swap_remove`](Self::swap_remove) does not.
    ///
    /// # Panics
    ///
    /// `index >= len`.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{GcVec, Heap};
    ///
    /// Heap::new().mutate(|mc| {
    ///     let mut letters = GcVec::from_iter(mc, ['a', 'b', 'c']);
    ///     assert_eq!(letters.remove(0), 'a');
    ///     assert_eq!(letters, ['b', 'c']);
    /// });
    /// ```
    #[track_caller]
    pub fn remove(&mut self, index: usize) -> T {
        self.check_index(index, "GcVec::remove");
        self.as_mut_slice()[index..].rotate_left(1);
        self.pop().expect("there is one")
    }

    /// Takes the value at `index` out, and puts the last one in its place.
    ///
    /// # Panics
    ///
    /// `index >= len`.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{GcVec, Heap};
    ///
    /// Heap::new().mutate(|mc| {
    ///     let mut letters = GcVec::from_iter(mc, ['a', 'b', 'c']);
    ///     assert_eq!(letters.swap_remove(0), 'a');
    ///     assert_eq!(letters, ['c', 'b']);
    /// });
    /// ```
    #[track_caller]
    pub fn swap_remove(&mut self, index: usize) -> T {
        self.check_index(index, "GcVec::swap_remove");
        let last = self.buffer.len() - 1;
        self.as_mut_slice().swap(index, last);
        self.pop().expect("there is one")
    }

    #[track_caller]
    fn check_index(&self, index: usize, call: &str) {
        let len = self.buffer.len();
        assert!(index < len, "{call}: the index is {index} and the length {len}");
    }

    /// Keeps the values for which `keep` is true, in their order.
    ///
    /// If it panics all values are there, perhaps in another order.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{GcVec, Heap};
    ///
    /// Heap::new().mutate(|mc| {
    ///     let mut numbers = GcVec::from_iter(mc, 0..10);
    ///     numbers.retain(|n| n % 3 == 0);
    ///     assert_eq!(numbers, [0, 3, 6, 9]);
    /// });
    /// ```
    pub fn retain(&mut self, mut keep: impl FnMut(&T) -> bool) {
        let values = self.as_mut_slice();
        let mut kept = 0;
        for index in 0..values.len() {
            if keep(&values[index]) {
                values.swap(kept, index);
                kept += 1;
            }
        }
        self.truncate(kept);
    }
}

// SAFETY: duty 1: the object of the buffer and the values are all that it leads to, and are the tail. Duty 2: what changes
// in place is not in the mask. Duty 3: there is an object whatever the values are, so it is no leaf. Duty 5: neither it nor
// a value has a drop (invariant 5 of the buffer).
unsafe impl<'gc, T: Trace<'gc>> Trace<'gc> for GcVec<'gc, T> {
    const MASK: Mask = Mask::EMPTY;
    const TAIL: bool = true;
    const LEAF: bool = false;

    fn trace(&self, tracer: &mut Tracer) {
        self.buffer.trace(tracer);
    }

    fn drop_kind(_: &mut DropWalk) -> DropKind {
        DropKind::None
    }

    #[inline]
    fn trace_parts(&self, parts: &mut Parts<'_>) {
        parts.slice(self.as_slice());
        parts.edge("buffer", self.buffer.object());
    }
}

// SAFETY: only the brand changes.
unsafe impl<T: Rebrand> Rebrand for GcVec<'_, T> {
    type Static = GcVec<'static, T::Static>;
    type At<'a> = GcVec<'a, T::At<'a>>;
}
