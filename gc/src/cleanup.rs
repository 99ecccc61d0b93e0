//! Cleanups: code that runs after an object's end.

use core::fmt;
use core::ptr::NonNull;

use crate::cell::{Word, object_of};
use crate::collector;
use crate::memory::CleanupId;
use crate::mutator::{Core, Mutation};
use crate::pointer::Gc;
use crate::special;
use crate::sync::{Arc, Weak};

/// A cleanup that was added to an object. See [`Mutation::add_cleanup`].
///
/// Dropping this has no effect; [`stop`](Self::stop) takes the cleanup back.
///
/// # Examples
///
/// ```
/// use gc::{Cleanup, Gc, Heap};
///
/// let heap = Heap::new();
/// let (root, cleanup): (_, Cleanup) = heap.mutate(|mc| {
///     let file = Gc::new(mc, 7_u32);
///     (mc.root(file), mc.add_cleanup(file, *file, |_| unreachable!("it is stopped")))
/// });
/// assert!(cleanup.stop()); // say, because the file was closed
/// drop(root);
/// heap.collect()?;
/// heap.wait_for_pending()?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Cleanup {
    core: Weak<Core>,
    id: CleanupId,
}

impl Cleanup {
    /// Takes the cleanup back: it does not run any more, and is dropped now. False if it was due already, has run, or
    /// was stopped before; to be sure that it is not due keep its object until after the call.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, Heap};
    ///
    /// Heap::new().mutate(|mc| {
    ///     let cleanup = mc.add_cleanup(Gc::new(mc, 7), (), |()| unreachable!("it is stopped"));
    ///     assert!(cleanup.stop());
    ///     assert!(!cleanup.stop());
    /// });
    /// ```
    pub fn stop(&self) -> bool {
        let Some(core) = self.core.upgrade() else { return false };
        // Dropped here, where no lock is held: it is a value of the program.
        collector::take_cleanup(&core, &self.id).is_some()
    }
}

impl fmt::Debug for Cleanup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cleanup").field("number", &self.id.number).finish_non_exhaustive()
    }
}

impl<'gc> Mutation<'gc> {
    /// Has `cleanup` called with `argument` after the object's end: when a cycle has found it unreachable, and, if it
    /// has a destructor, after that.
    ///
    /// The object is not passed and so not revived: cycles of references are freed, and of objects that refer to each
    /// other all at once. Any number of cleanups can be added, to an object and to its fields; those of one object
    /// run in the order in which they were added. If the object has a finalizer they run when it is unreachable again
    /// after that.
    ///
    /// Cleanups run like [finalizers](Self::set_finalizer), in turn with them, on the same thread. What they own is dropped
    /// without a call when the heap ends. A cleanup that owns a [`Root`](crate::Root) from which the object can be
    /// reached keeps it for ever.
    ///
    /// (Go's `AddCleanup`.)
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::mpsc::channel;
    /// use gc::{Gc, Heap};
    ///
    /// let heap = Heap::new();
    /// let (closed, files) = channel();
    /// heap.mutate(|mc| {
    ///     let file = Gc::new(mc, 7_u32); // say, a descriptor
    ///     mc.add_cleanup(file, *file, move |descriptor| closed.send(descriptor).unwrap());
    /// });
    /// heap.collect()?;
    /// assert_eq!(files.recv(), Ok(7));
    /// # Ok::<(), gc::CollectError>(())
    /// ```
    pub fn add_cleanup<T: ?Sized, A: Send + 'static>(
        &self,
        gc: Gc<'gc, T>,
        argument: A,
        cleanup: impl FnOnce(A) + Send + 'static,
    ) -> Cleanup {
        // SAFETY: the `Gc` points into an object of this heap, which lives as long as the mutation.
        unsafe { self.add_cleanup_at(Gc::as_non_null(gc).cast(), argument, cleanup) }
    }

    /// As [`add_cleanup`](Self::add_cleanup), for the object that a value points to: a variant of an enum with
    /// [`derive(Word)`](crate::Word), a [`GcStr`](crate::GcStr), a [`GcSlice`](crate::GcSlice), an `Option` of a pointer. None if it
    /// points to no object; the cleanup is dropped then.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::mpsc::channel;
    ///
    /// use gc::{Gc, Heap, Trace, Word};
    ///
    /// #[derive(Clone, Copy, Trace, Word)]
    /// enum Value<'gc> {
    ///     Nil,
    ///     Text(Gc<'gc, String>),
    /// }
    ///
    /// let heap = Heap::new();
    /// let (told, lost) = channel();
    /// heap.mutate(|mc| {
    ///     assert!(mc.add_cleanup_of(Value::Nil, (), |()| ()).is_none());
    ///     let text = Value::Text(Gc::new(mc, String::from("text")));
    ///     assert!(mc.add_cleanup_of(text, told, |told| told.send("text").unwrap()).is_some());
    /// });
    /// heap.collect()?;
    /// assert_eq!(lost.recv(), Ok("text"));
    /// # Ok::<(), gc::CollectError>(())
    /// ```
    pub fn add_cleanup_of<V: Word<'gc>, A: Send + 'static>(
        &self,
        value: V,
        argument: A,
        cleanup: impl FnOnce(A) + Send + 'static,
    ) -> Option<Cleanup> {
        let object = object_of(value)?;
        // SAFETY: `Word`, duty 2: an address in an object of this heap, which lives as long as the mutation.
        Some(unsafe { self.add_cleanup_at(object, argument, cleanup) })
    }

    /// # Safety
    ///
    /// The address lies in an object of this heap, which lives as long as the mutation.
    unsafe fn add_cleanup_at<A: Send + 'static>(
        &self,
        object: NonNull<u8>,
        argument: A,
        cleanup: impl FnOnce(A) + Send + 'static,
    ) -> Cleanup {
        let core = &self.record().core;
        let run = special::Cleanup(Box::new(move || cleanup(argument)));
        // SAFETY: the caller's duty.
        let id = unsafe { core.memory.add_cleanup(object, run) };
        Cleanup { core: Arc::downgrade(core), id }
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use crate::heap::Heap;
    use crate::pointer::Gc;

    /// Weak pointers and cleanups know the span of their object, whose descriptor does not stay for ever.
    #[test]
    fn spans_that_are_gone() {
        let heap = Heap::builder().automatic(false).run_by_hand(true).build();
        let spare_after_trim = || {
            heap.trim();
            heap.core().memory.n_spare_spans()
        };
        let weak = heap.mutate(|mc| mc.weak_root(Gc::downgrade(Gc::new(mc, [7_u64; 9]), mc)));
        heap.collect().unwrap();
        assert_eq!(heap.mutate(|_| spare_after_trim()), 1, "an upgrade might ask");
        assert_eq!(spare_after_trim(), 0);
        heap.mutate(|mc| assert!(weak.get(mc).is_none()));

        let cleanup = heap.mutate(|mc| mc.add_cleanup(Gc::new(mc, [7_u64; 9]), (), |()| ()));
        heap.collect().unwrap();
        assert_eq!(spare_after_trim(), 1, "the cleanup may ask");
        assert!(!cleanup.stop());
        drop(cleanup);
        assert_eq!(spare_after_trim(), 0);
        heap.run_pending().unwrap();
        heap.verify();
    }
}
