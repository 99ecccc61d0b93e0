//! [`Mutator`]: a heap as one thread has it, which need not be looked up.

use core::fmt;
use core::ops::ControlFlow;
use std::rc::Rc;

use super::Heap;
use super::passage::{enter, leave};
use crate::mutator::{Mutation, MutatorOfAnyThread, OtherThread, Record, record_of_this_thread};
use crate::pointer::{Gc, Root};
use crate::trace::RebrandDst;

impl Heap {
    /// Attaches the calling thread, which saves the look-up in each of its mutations.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, Heap};
    ///
    /// let heap = Heap::new();
    /// let mut mutator = heap.attach();
    /// let sum: u64 = (0..1000).map(|number| mutator.mutate(|mc| *Gc::new(mc, number))).sum();
    /// assert_eq!(sum, 499_500);
    /// ```
    #[track_caller]
    pub fn attach(&self) -> Mutator {
        Mutator { record: record_of_this_thread(self.usable()), heap: self.clone() }
    }
}

/// A thread attached to a heap. See [`Heap::attach`].
///
/// Keeps the heap open. It belongs to its thread: it is neither `Send` nor `Sync`.
///
/// # Examples
///
/// ```
/// use gc::{Gc, GcCell, Heap, Mutator, Root};
///
/// fn count_to(mutator: &mut Mutator, counter: &Root<GcCell<u64>>, end: u64) {
///     while mutator.mutate(|mc| counter.get(mc).fetch_add(mc, 1)) + 1 < end {}
/// }
///
/// let heap = Heap::new();
/// let counter: Root<GcCell<u64>> = heap.mutate(|mc| Root::new(mc, Gc::new(mc, GcCell::new(0))));
/// std::thread::scope(|scope| {
///     scope.spawn(|| count_to(&mut heap.attach(), &counter, 100)); // one for each thread
/// });
/// assert_eq!(heap.mutate(|mc| counter.get(mc).get()), 100);
/// ```
pub struct Mutator {
    record: Rc<Record>,
    heap: Heap,
}

// SAFETY: on no condition, as nothing implements the trait.
#[doc(hidden)]
unsafe impl Send for Mutator where for<'any> OtherThread<'any>: MutatorOfAnyThread {}
// SAFETY: as above.
#[doc(hidden)]
unsafe impl Sync for Mutator where for<'any> OtherThread<'any>: MutatorOfAnyThread {}

impl Mutator {
    /// Opens a mutation: as [`Heap::mutate`].
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, Heap};
    ///
    /// let mut mutator = Heap::new().attach(); // keeps the heap
    /// assert_eq!(mutator.mutate(|mc| *Gc::new(mc, 7)), 7);
    /// ```
    #[track_caller]
    pub fn mutate<R>(&mut self, f: impl for<'gc> FnOnce(&'gc Mutation<'gc>) -> R) -> R {
        let inside = enter(&*self.record);
        // SAFETY: as in `Heap::mutate`.
        let mc = unsafe { Mutation::new(inside.record()) };
        let result = f(&mc);
        leave(inside);
        result
    }

    /// Runs `step` again and again: as [`Heap::mutate_loop`].
    ///
    /// # Panics
    ///
    /// `state` is a root of another heap.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::ops::ControlFlow;
    /// use gc::{Gc, Heap};
    ///
    /// let mut mutator = Heap::new().attach();
    /// let start = mutator.mutate(|mc| mc.root(Gc::new(mc, (0_u64, 1_u64))));
    /// let first_above_1000 = mutator.mutate_loop(start, |mc, pair| match *pair {
    ///     (_, b) if b > 1000 => ControlFlow::Break(b),
    ///     (a, b) => ControlFlow::Continue(Gc::new(mc, (b, a + b))),
    /// });
    /// assert_eq!(first_above_1000, 1597);
    /// ```
    #[track_caller]
    pub fn mutate_loop<S: ?Sized + RebrandDst, R>(
        &mut self,
        mut state: Root<S>,
        mut step: impl for<'gc> FnMut(
            &'gc Mutation<'gc>,
            Gc<'gc, S::At<'gc>>,
        ) -> ControlFlow<R, Gc<'gc, S::At<'gc>>>,
    ) -> R {
        loop {
            let flow = self.mutate(|mc| match step(mc, state.get(mc)) {
                ControlFlow::Continue(next) => {
                    state.set(mc, next);
                    ControlFlow::Continue(())
                }
                ControlFlow::Break(result) => ControlFlow::Break(result),
            });
            if let ControlFlow::Break(result) = flow {
                return result;
            }
        }
    }

    /// The heap.
    ///
    /// # Examples
    ///
    /// ```
    /// let mutator = gc::Heap::new().attach();
    /// assert_eq!(mutator.heap().stats().attached_threads, 1);
    /// ```
    pub fn heap(&self) -> &Heap {
        &self.heap
    }
}

impl fmt::Debug for Mutator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Mutator({})", self.record.core.roots.describe())
    }
}
