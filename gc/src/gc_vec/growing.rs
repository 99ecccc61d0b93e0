//! The methods of [`GcVec`] that may take memory.

use super::GcVec;
use super::buffer::Buffer;
use crate::error::{AllocError, Refused};
use crate::mutator::Mutation;
use crate::pointer::out_of_memory;
use crate::trace::Trace;

impl<'gc, T: Trace<'gc>> GcVec<'gc, T> {
    /// An empty vector, which has no memory yet.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{GcVec, Heap};
    ///
    /// Heap::new().mutate(|mc| {
    ///     let mut numbers = GcVec::new();
    ///     assert_eq!(numbers.capacity(), 0);
    ///     numbers.push(mc, 7);
    ///     assert_eq!(numbers, [7]);
    /// });
    /// ```
    #[inline]
    pub const fn new() -> Self {
        Self { buffer: Buffer::new() }
    }

    /// An empty vector with room for at least `n` values.
    ///
    /// # Panics
    ///
    /// The heap's limit is reached or the system gives no memory: see [`AllocError`].
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{GcVec, Heap};
    ///
    /// Heap::new().mutate(|mc| {
    ///     let stack = GcVec::<u64>::with_capacity(mc, 1000);
    ///     assert!(stack.is_empty() && stack.capacity() >= 1000);
    /// });
    /// ```
    #[track_caller]
    pub fn with_capacity(mc: &Mutation<'gc>, n: usize) -> Self {
        match Self::try_with_capacity(mc, n) {
            Ok(vec) => vec,
            Err(error) => out_of_memory("GcVec::with_capacity", &error),
        }
    }

    /// An empty vector with room for at least `n` values, if there is memory.
    ///
    /// # Errors
    ///
    /// The heap's limit is reached or the system gives no memory.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{GcVec, Heap};
    ///
    /// Heap::builder().limit_bytes(1 << 20).build().mutate(|mc| {
    ///     assert!(GcVec::<u64>::try_with_capacity(mc, 100).is_ok());
    ///     assert!(GcVec::<u64>::try_with_capacity(mc, 1 << 20).unwrap_err().is_limit());
    /// });
    /// ```
    pub fn try_with_capacity(mc: &Mutation<'gc>, n: usize) -> Result<Self, AllocError> {
        let mut vec = Self::new();
        vec.try_reserve(mc, n)?;
        Ok(vec)
    }

    /// A vector of the iterator's items.
    ///
    /// # Panics
    ///
    /// The heap's limit is reached or the system gives no memory: see [`AllocError`].
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{GcVec, Heap};
    ///
    /// Heap::new().mutate(|mc| assert_eq!(GcVec::from_iter(mc, (1..=3).map(|n| n * n)), [1, 4, 9]));
    /// ```
    #[track_caller]
    pub fn from_iter(mc: &Mutation<'gc>, items: impl IntoIterator<Item = T>) -> Self {
        let mut vec = Self::new();
        vec.extend(mc, items);
        vec
    }

    /// Adds a value at the end. What is usual costs a comparison and a store.
    ///
    /// # Panics
    ///
    /// The heap's limit is reached or the system gives no memory: see [`AllocError`].
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, GcRefCell, GcVec, Heap};
    ///
    /// Heap::new().mutate(|mc| {
    ///     let stack = Gc::new(mc, GcRefCell::new(GcVec::new()));
    ///     stack.borrow_mut(mc).push(mc, "first");
    ///     stack.borrow_mut(mc).push(mc, "second");
    ///     assert_eq!(*stack.borrow(mc), ["first", "second"]);
    /// });
    /// ```
    #[inline]
    #[track_caller]
    pub fn push(&mut self, mc: &Mutation<'gc>, value: T) {
        if self.is_full()
            && let Err(refused) = self.make_room(mc, 1)
        {
            no_room(mc, refused);
        }
        self.buffer.push(value);
    }

    /// Adds a value at the end, if there is memory.
    ///
    /// # Errors
    ///
    /// The heap's limit is reached or the system gives no memory: the vector is as it was.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{GcVec, Heap};
    ///
    /// Heap::builder().limit_bytes(1 << 20).build().mutate(|mc| {
    ///     let mut numbers = GcVec::new();
    ///     let error = (0_u64..).find_map(|n| numbers.try_push(mc, n).err()).unwrap();
    ///     assert!(error.is_limit());
    ///     assert!(numbers.iter().copied().eq(0..numbers.len() as u64));
    /// });
    /// ```
    #[inline]
    pub fn try_push(&mut self, mc: &Mutation<'gc>, value: T) -> Result<(), AllocError> {
        if self.is_full() {
            self.make_room(mc, 1).map_err(|refused| mc.failed(refused))?;
        }
        self.buffer.push(value);
        Ok(())
    }

    /// Makes room for at least `n` more values.
    ///
    /// # Panics
    ///
    /// The heap's limit is reached or the system gives no memory: see [`AllocError`].
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{GcVec, Heap};
    ///
    /// Heap::new().mutate(|mc| {
    ///     let mut numbers = GcVec::from_iter(mc, [1_u64]);
    ///     numbers.reserve(mc, 100);
    ///     assert!(numbers.capacity() > 100);
    /// });
    /// ```
    #[track_caller]
    pub fn reserve(&mut self, mc: &Mutation<'gc>, n: usize) {
        if let Err(error) = self.try_reserve(mc, n) {
            out_of_memory("GcVec::reserve", &error);
        }
    }

    /// Makes room for at least `n` more values, if there is memory.
    ///
    /// # Errors
    ///
    /// The heap's limit is reached or the system gives no memory: the vector is as it was.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{GcVec, Heap};
    ///
    /// Heap::builder().limit_bytes(1 << 20).build().mutate(|mc| {
    ///     let mut numbers = GcVec::from_iter(mc, [1_u64]);
    ///     assert!(numbers.try_reserve(mc, 1 << 20).is_err());
    ///     assert_eq!(numbers, [1]);
    /// });
    /// ```
    pub fn try_reserve(&mut self, mc: &Mutation<'gc>, n: usize) -> Result<(), AllocError> {
        if n > self.capacity() - self.len() {
            self.make_room(mc, n).map_err(|refused| mc.failed(refused))?;
        }
        Ok(())
    }

    /// Moves the values to memory that is just large enough. If there is none they stay where they are.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{GcVec, Heap};
    ///
    /// Heap::new().mutate(|mc| {
    ///     let mut numbers = GcVec::<u64>::with_capacity(mc, 1000);
    ///     numbers.extend(mc, 0..4);
    ///     numbers.shrink_to_fit(mc);
    ///     assert_eq!((numbers.capacity(), &*numbers), (4, &[0, 1, 2, 3][..]));
    /// });
    /// ```
    pub fn shrink_to_fit(&mut self, mc: &Mutation<'gc>) {
        if self.is_empty() {
            *self = Self::new();
        } else if !self.is_full() && size_of::<T>() != 0 {
            let _ = self.buffer.move_to_room_for(mc, self.buffer.len());
        }
    }

    /// Adds the iterator's items at the end. If the iterator panics, or there is no memory, those so far are there.
    ///
    /// # Panics
    ///
    /// The heap's limit is reached or the system gives no memory: see [`AllocError`].
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{GcVec, Heap};
    ///
    /// Heap::new().mutate(|mc| {
    ///     let mut numbers = GcVec::from_iter(mc, [1, 2]);
    ///     numbers.extend(mc, [3, 4]);
    ///     assert_eq!(numbers, [1, 2, 3, 4]);
    /// });
    /// ```
    #[track_caller]
    pub fn extend(&mut self, mc: &Mutation<'gc>, items: impl IntoIterator<Item = T>) {
        let items = items.into_iter();
        // A hint promises nothing: room for so many may be neither there nor needed.
        let at_least = items.size_hint().0;
        if at_least > self.capacity() - self.len() {
            let _ = self.make_room(mc, at_least);
        }
        for item in items {
            self.push(mc, item);
        }
    }

    /// Adds clones at the end. If a `clone` panics, or there is no memory, those so far are there.
    ///
    /// # Panics
    ///
    /// The heap's limit is reached or the system gives no memory: see [`AllocError`].
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{GcVec, Heap};
    ///
    /// Heap::new().mutate(|mc| {
    ///     let mut code = GcVec::new();
    ///     code.extend_from_slice(mc, b"push 1; ");
    ///     code.extend_from_slice(mc, b"return");
    ///     assert_eq!(code, *b"push 1; return");
    /// });
    /// ```
    #[track_caller]
    pub fn extend_from_slice(&mut self, mc: &Mutation<'gc>, items: &[T])
    where
        T: Clone,
    {
        self.extend(mc, items.iter().cloned());
    }

    /// Puts a value before that at `index`, and all from there on one place further to the back. As long as those are
    /// many, it takes long.
    ///
    /// # Panics
    ///
    /// `index > len`. Or the heap's limit is reached or the system gives no memory: see [`AllocError`].
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{GcVec, Heap};
    ///
    /// Heap::new().mutate(|mc| {
    ///     let mut letters = GcVec::from_iter(mc, ['a', 'c']);
    ///     letters.insert(mc, 1, 'b');
    ///     letters.insert(mc, 3, 'd');
    ///     assert_eq!(letters, ['a', 'b', 'c', 'd']);
    /// });
    /// ```
    #[track_caller]
    pub fn insert(&mut self, mc: &Mutation<'gc>, index: usize, value: T) {
        let len = self.len();
        assert!(index <= len, "GcVec::insert: the index is {index} and the length {len}");
        self.push(mc, value);
        self[index..].rotate_right(1);
    }

    /// Makes room for at least `n` more values than there are: for twice as many, so that many values cost little each, or,
    /// if there is no memory for these, for no more.
    #[cold]
    #[inline(never)]
    fn make_room(&mut self, mc: &Mutation<'gc>, n: usize) -> Result<(), Refused> {
        let first = const { if size_of::<T>() <= 1024 { 4 } else { 1 } };
        // What overflows has no room.
        let needed = self.len().saturating_add(n);
        let more = self.capacity().saturating_mul(2).max(first);
        let made = self.buffer.move_to_room_for(mc, needed.max(more));
        made.or_else(|_| self.buffer.move_to_room_for(mc, needed))
    }
}

/// The panic of [`GcVec::push`]: one call, so that little of it stands in each function that pushes.
#[cold]
#[inline(never)]
#[track_caller]
fn no_room(mc: &Mutation<'_>, refused: Refused) -> ! {
    out_of_memory("GcVec::push", &mc.failed(refused))
}
