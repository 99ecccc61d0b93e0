//! Several threads inside one mutation.
//!
//! The other threads enter through records of their own and share nothing with the one that forked but the brand: each
//! allocates from its own runs, and cells see several mutators. What makes that sound is that no thread with the brand
//! can be inside after the mutation that made it has ended, as nothing that carries the brand gets out of it; so a
//! stop, which waits for that mutation, waits for all. For the same reason no thread may wait for a stop here: the
//! mutation would wait for the thread, and the stop for the mutation.

use core::fmt;
use core::marker::PhantomData;
use core::panic::Location;

use crate::mutator::{Core, Entry, Inside, Mutation, record_of_this_thread};
use crate::sync::Arc;

/// Lets other threads into an open mutation. See [`Mutation::fork`].
///
/// Cheap to clone, `Send` and `Sync`; it does not outlive the mutation.
///
/// # Examples
///
/// ```
/// use gc::{Gc, Heap, Seed};
///
/// fn texts<'gc>(seed: &Seed<'gc>, word: &str) -> Vec<Gc<'gc, String>> {
///     seed.enter(|mc| (0..100).map(|number| Gc::new(mc, format!("{word} {number}"))).collect())
/// }
///
/// Heap::new().mutate(|mc| {
///     let seed: Seed<'_> = mc.fork();
///     let texts = std::thread::scope(|scope| {
///         let threads = ["a", "b"].map(|word| scope.spawn(|| texts(&seed, word)));
///         threads.map(|thread| thread.join().unwrap())
///     });
///     assert_eq!(*texts[1][99], "b 99");
/// });
/// ```
pub struct Seed<'gc> {
    core: Arc<Core>,
    /// Invariant in the brand.
    brand: PhantomData<fn(&'gc ()) -> &'gc ()>,
}

impl<'gc> Mutation<'gc> {
    /// Lets other threads into this mutation, so that several of them make, read and change objects together: scoped
    /// threads, or tasks of `rayon` that end before the mutation does.
    ///
    /// Pointers go from one thread to the other freely, and so do cells; a [`GcRefCell`](crate::GcRefCell) refuses a borrow
    /// that another thread's excludes, where a [`GcRwLock`](crate::GcRwLock) waits.
    ///
    /// Whoever waits for the other threads must not hold a lock meanwhile that they take. And since no collection takes
    /// effect before the mutation has ended, they must not wait for one, also where they are outside of
    /// [`enter`](Seed::enter): [`Heap::collect`](crate::Heap::collect) would wait for ever for a mutation that waits for the
    /// thread.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, GcCell, Heap, Trace};
    ///
    /// #[derive(Trace)]
    /// struct Part<'gc> {
    ///     number: u64,
    ///     next: GcCell<Option<Gc<'gc, Part<'gc>>>>,
    /// }
    ///
    /// let heap = Heap::new();
    /// let ring = heap.mutate(|mc| {
    ///     let part = |mc: &gc::Mutation<'_>, number| Part { number, next: GcCell::new(None) };
    ///     let first = Gc::new(mc, Part { number: 0, next: GcCell::new(None) });
    ///     let seed = mc.fork();
    ///     std::thread::scope(|scope| {
    ///         scope.spawn(|| {
    ///             seed.enter(|mc| {
    ///                 let second = Gc::new(mc, Part { number: 1, next: GcCell::new(Some(first)) });
    ///                 first.next.set(mc, Some(second));
    ///             })
    ///         });
    ///     });
    ///     mc.root(first)
    /// });
    /// heap.mutate(|mc| {
    ///     let second = ring.get(mc).next.get().unwrap();
    ///     assert_eq!((second.number, second.next.get().unwrap().number), (1, 0));
    /// });
    /// ```
    ///
    /// With `rayon`, over the elements of a slice:
    ///
    /// ```
    /// use gc::{Gc, Heap};
    /// use rayon::prelude::*;
    ///
    /// Heap::new().mutate(|mc| {
    ///     let seed = mc.fork();
    ///     let squares: Vec<Gc<'_, u64>> =
    ///         (0..1000_u64).into_par_iter().map(|n| seed.enter(|mc| Gc::new(mc, n * n))).collect();
    ///     assert_eq!(squares.par_iter().map(|square| **square).max(), Some(999 * 999));
    /// });
    /// ```
    pub fn fork(&self) -> Seed<'gc> {
        Seed { core: Arc::clone(&self.record().core), brand: PhantomData }
    }
}

impl<'gc> Seed<'gc> {
    /// Runs `f` inside the mutation that was forked, on the calling thread.
    ///
    /// It never waits for a collection: one that is about to begin waits until the mutation ends. Leaving is no
    /// safepoint, and lets nobody in: when [`should_leave`](Mutation::should_leave) says so it is the thread that forked
    /// that has to. Costs as much as entering a mutation, and more while a collection waits; on the thread that is inside
    /// already, next to nothing. So enter for a part of the work rather than for each object.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, Heap};
    ///
    /// Heap::new().mutate(|mc| {
    ///     let seed = mc.fork();
    ///     let number = std::thread::scope(|scope| {
    ///         scope.spawn(|| seed.enter(|mc| Gc::new(mc, 7))).join().unwrap() // a pointer comes out
    ///     });
    ///     assert_eq!(*number, 7);
    /// });
    /// ```
    #[track_caller]
    pub fn enter<R>(&self, f: impl FnOnce(&Mutation<'gc>) -> R) -> R {
        let inside = Inside::enter(record_of_this_thread(&self.core), Entry::Beside, Location::caller());
        // SAFETY: the thread is inside until `inside` ends, which is after `mc`. The brand is that of the mutation that
        // was forked, which is open as long as it has not ended: nothing with its brand, as this seed is, gets out of it.
        let mc = unsafe { Mutation::new(inside.record()) };
        let result = f(&mc);
        // What is asked for is asked of the thread that forked, too.
        inside.leave();
        result
    }
}

impl Clone for Seed<'_> {
    fn clone(&self) -> Self {
        Self { core: Arc::clone(&self.core), brand: PhantomData }
    }
}

impl fmt::Debug for Seed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Seed({})", self.core.roots.describe())
    }
}
