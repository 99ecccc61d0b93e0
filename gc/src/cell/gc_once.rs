//! [`GcOnce`], and objects that point to themselves.

use core::cell::UnsafeCell;
use core::convert::Infallible;
use core::fmt;

use crate::error::AllocError;
use crate::mutator::Mutation;
use crate::object::{DropKind, DropWalk, Mask};
use crate::owned::summand;
use crate::pointer::Gc;
use crate::sync::fixed::AtomicU32;
use crate::sync::{Ordering, Pauses};
use crate::trace::{Parts, Rebrand, Tally, Trace, Tracer};

/// Nothing is written.
const EMPTY: u32 = 0;
/// A thread is writing.
const WRITING: u32 = 1;
/// The value is written and never changes again.
const SET: u32 = 2;

/// A value in an object that is written once, by any thread, after the object is shared.
///
/// Reading is a load. Only an empty cell can be written; a second value is given back.
///
/// # Examples
///
/// ```
/// use gc::{Gc, GcOnce, Heap};
///
/// Heap::new().mutate(|mc| {
///     let name = Gc::new(mc, GcOnce::new());
///     assert_eq!(name.get(), None);
///     assert!(name.set(mc, String::from("set")).is_ok());
///     assert_eq!(name.set(mc, String::from("again")), Err(String::from("again")));
///     assert_eq!(name.get().unwrap(), "set");
/// });
/// ```
pub struct GcOnce<T> {
    state: AtomicU32,
    /// Present once `state` is `SET`. An `Option`, and not uninitialized memory, so that a cell without drop
    /// glue in its contents has none.
    value: UnsafeCell<Option<T>>,
}

impl<T> GcOnce<T> {
    /// An empty cell.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::GcOnce;
    ///
    /// let cell: GcOnce<String> = GcOnce::new();
    /// assert!(cell.get().is_none());
    /// ```
    pub const fn new() -> Self {
        Self { state: AtomicU32::new(EMPTY), value: UnsafeCell::new(None) }
    }

    /// A cell that is set.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::GcOnce;
    ///
    /// assert_eq!(GcOnce::with_value(7).get(), Some(&7));
    /// ```
    pub const fn with_value(value: T) -> Self {
        Self { state: AtomicU32::new(SET), value: UnsafeCell::new(Some(value)) }
    }

    /// The value, if it is written.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, GcOnce, Heap};
    ///
    /// Heap::new().mutate(|mc| {
    ///     let cell = Gc::new(mc, GcOnce::with_value(String::from("set")));
    ///     let text: Option<&String> = cell.get(); // needs no `mc`
    ///     assert_eq!(text.unwrap(), "set");
    /// });
    /// ```
    #[inline]
    pub fn get(&self) -> Option<&T> {
        // Acquire: pairs with the release in `set`: the value is seen as it was written.
        if self.state.load(Ordering::Acquire) != SET {
            return None;
        }
        // SAFETY: a value that is set does not change any more.
        unsafe { &*self.value.get() }.as_ref()
    }

    /// The value of a cell that is not shared, if it is written.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::GcOnce;
    ///
    /// let mut cell = GcOnce::with_value(1); // not in the heap yet
    /// *cell.get_mut().unwrap() += 1;
    /// assert_eq!(cell.get(), Some(&2));
    /// ```
    pub fn get_mut(&mut self) -> Option<&mut T> {
        self.value.get_mut().as_mut()
    }

    /// The value, if it is written.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::GcOnce;
    ///
    /// assert_eq!(GcOnce::with_value(1).into_inner(), Some(1));
    /// assert_eq!(GcOnce::<u8>::new().into_inner(), None);
    /// ```
    pub fn into_inner(self) -> Option<T> {
        self.value.into_inner()
    }
}

impl<'gc, T: Trace<'gc>> GcOnce<T> {
    /// Writes the value.
    ///
    /// # Errors
    ///
    /// The value, if the cell is written already, or another thread is about to.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, GcOnce, Heap};
    ///
    /// Heap::new().mutate(|mc| {
    ///     let parent = Gc::new(mc, GcOnce::new());
    ///     assert_eq!(parent.set(mc, 1), Ok(()));
    ///     assert_eq!(parent.set(mc, 2), Err(2)); // stays what it is
    ///     assert_eq!(parent.get(), Some(&1));
    /// });
    /// ```
    pub fn set(&self, mc: &Mutation<'gc>, value: T) -> Result<(), T> {
        // Relaxed: the winner publishes by the store below; a loser reads nothing.
        let won = self.state.compare_exchange(EMPTY, WRITING, Ordering::Relaxed, Ordering::Relaxed);
        if won.is_err() {
            return Err(value);
        }
        let owned = Tally::of(&value);
        // SAFETY: only the winner writes, and nobody reads until it is set.
        unsafe { *self.value.get() = Some(value) };
        // Release: pairs with the acquire in `get`.
        self.state.store(SET, Ordering::Release);
        if owned != 0 {
            // SAFETY: of a mutation that is open, of this thread.
            unsafe { mc.record().note_changed(summand(owned)) };
        }
        Ok(())
    }

    /// The value; where there is none, what `make` makes, unless another thread is faster.
    ///
    /// Several threads may call `make` for one cell, and `make` may read and set the cell itself, as it runs under no
    /// lock: the value that is set first is kept and the others are dropped. If it panics the cell is as it was.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, GcOnce, Heap};
    ///
    /// Heap::new().mutate(|mc| {
    ///     let length = Gc::new(mc, GcOnce::new());
    ///     assert_eq!(*length.get_or_init(mc, || "text".len()), 4);
    ///     assert_eq!(*length.get_or_init(mc, || unreachable!("it is set")), 4);
    /// });
    /// ```
    pub fn get_or_init(&self, mc: &Mutation<'gc>, make: impl FnOnce() -> T) -> &T {
        match self.get_or_try_init(mc, || Ok::<T, Infallible>(make())) {
            Ok(value) => value,
            Err(never) => match never {},
        }
    }

    /// The value; where there is none, what `make` makes, unless that fails: [`get_or_init`](Self::get_or_init).
    ///
    /// # Errors
    ///
    /// That of `make`; the cell is as it was.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, GcOnce, Heap};
    ///
    /// Heap::new().mutate(|mc| {
    ///     let number = Gc::new(mc, GcOnce::new());
    ///     assert!(number.get_or_try_init(mc, || "x".parse::<u32>()).is_err());
    ///     assert_eq!(number.get_or_try_init(mc, || "7".parse::<u32>()), Ok(&7));
    /// });
    /// ```
    pub fn get_or_try_init<E>(
        &self,
        mc: &Mutation<'gc>,
        make: impl FnOnce() -> Result<T, E>,
    ) -> Result<&T, E> {
        if self.get().is_none() {
            // A value that lost is dropped.
            let _ = self.set(mc, make()?);
        }
        // Ended by whoever won, who is between two instructions.
        let mut pauses = Pauses::new("another thread to write a cell");
        loop {
            if let Some(value) = self.get() {
                return Ok(value);
            }
            pauses.pause();
        }
    }
}

impl<'gc, T: Trace<'gc>> Gc<'gc, T> {
    /// Makes an object that points to itself. The closure gets a pointer to the place where the object will
    /// be: an empty [`GcOnce`], which is set when the closure has returned.
    ///
    /// If the closure panics the cell stays empty for ever, which is what a pointer to it that was stored
    /// elsewhere then finds.
    ///
    /// # Panics
    ///
    /// The heap's limit is reached or the system gives no memory: see [`AllocError`].
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, GcOnce, Heap, Trace};
    ///
    /// #[derive(Trace)]
    /// struct Node<'gc> {
    ///     name: &'static str,
    ///     me: Gc<'gc, GcOnce<Node<'gc>>>,
    /// }
    ///
    /// Heap::new().mutate(|mc| {
    ///     let node = Gc::new_cyclic(mc, |me| Node { name: "ring of one", me });
    ///     assert_eq!(node.me.get().unwrap().name, "ring of one");
    /// });
    /// ```
    #[track_caller]
    pub fn new_cyclic(mc: &Mutation<'gc>, make: impl FnOnce(Gc<'gc, GcOnce<T>>) -> T) -> Self {
        match Self::try_new_cyclic(mc, make) {
            Ok(gc) => gc,
            Err(error) => panic!("Gc::new_cyclic: {error}"),
        }
    }

    /// Makes an object that points to itself if there is room: [`new_cyclic`](Self::new_cyclic).
    ///
    /// # Errors
    ///
    /// The heap's limit is reached or the system gives no memory; the closure was not called.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{AllocError, Gc, GcOnce, Heap, Mutation, Trace};
    ///
    /// #[derive(Trace)]
    /// struct Ring<'gc> {
    ///     next: Gc<'gc, GcOnce<Ring<'gc>>>,
    /// }
    ///
    /// fn ring<'gc>(mc: &Mutation<'gc>) -> Result<Gc<'gc, Ring<'gc>>, AllocError> {
    ///     Gc::try_new_cyclic(mc, |next| Ring { next })
    /// }
    ///
    /// Heap::new().mutate(|mc| assert!(ring(mc).unwrap().next.get().is_some()));
    /// ```
    pub fn try_new_cyclic(
        mc: &Mutation<'gc>,
        make: impl FnOnce(Gc<'gc, GcOnce<T>>) -> T,
    ) -> Result<Self, AllocError> {
        let place = Gc::try_new(mc, GcOnce::new())?;
        let value = make(place);
        // If the closure, or a thread that it started, has set the cell itself, that value is as good.
        place.get_or_init(mc, || value);
        Ok(Gc::project(place, |place| place.get().expect("the cell is set")))
    }
}

impl<T> Default for GcOnce<T> {
    fn default() -> Self {
        Self::new()
    }
}

// SAFETY: the value is written by one thread before it is shared, and shared from then on.
unsafe impl<T: Send + Sync> Sync for GcOnce<T> {}

// SAFETY: duty 1: a set value reports itself. Duty 2: an empty one may hold anything, so nothing is in
// the mask.
unsafe impl<'gc, T: Trace<'gc>> Trace<'gc> for GcOnce<T> {
    const MASK: Mask = Mask::EMPTY;
    const TAIL: bool = !T::LEAF;
    const LEAF: bool = T::LEAF;

    fn trace(&self, tracer: &mut Tracer) {
        if let Some(value) = self.get() {
            value.trace(tracer);
        }
    }

    fn owned(&self, tally: &mut Tally) {
        if let Some(value) = self.get() {
            value.owned(tally);
        }
    }

    fn drop_kind(walk: &mut DropWalk) -> DropKind {
        walk.visit_changing::<T>(T::drop_kind)
    }

    #[inline]
    fn trace_parts(&self, parts: &mut Parts<'_>) {
        if let Some(value) = self.get() {
            value.trace_parts(parts);
        }
    }
}

// SAFETY: only the brand of the value changes.
unsafe impl<T: Rebrand> Rebrand for GcOnce<T> {
    type Static = GcOnce<T::Static>;
    type At<'a> = GcOnce<T::At<'a>>;
}

impl<T: fmt::Debug> fmt::Debug for GcOnce<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.get() {
            Some(value) => f.debug_tuple("GcOnce").field(value).finish(),
            None => f.write_str("GcOnce(empty)"),
        }
    }
}
