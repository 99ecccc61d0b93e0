//! What the guards of cells share: a pointer to what they show, and what they give back when they end.
//!
//! A guard of a part of the contents is made of a guard of the whole, and so of the same two things. What is given back
//! knows the whole cell and not what the guard shows: a guard that was mapped releases, and accounts for, exactly what
//! the first one would have.
//!
//! # Invariants
//!
//! 1. While what is to be given back exists nobody else writes to what the pointer shows, and, for an exclusive guard,
//!    nobody else uses it. Of the two guards into which one is split, each shows what the other one does not, or both
//!    only read.
//! 2. A guard stays on its thread and ends before its mutation. The types here are part of guards and of nothing else,
//!    and each guard says itself that it is bound to its thread.
//!
//! Pointers, and not references, because a reference that is passed to a function promises to be valid until that
//! returns; what a guard shows may change as soon as the guard has ended, in the middle of the function that drops it.

use core::marker::PhantomData;
use core::ptr::NonNull;
use std::rc::Rc;

/// What is given back when a guard ends, and can be so by two guards instead of one.
pub(super) trait Split: Sized {
    /// The same for two guards: when both have ended, all is given back, once.
    fn split(self) -> (Self, Self);
}

/// What is given back once by all guards that came out of one: by the last of them.
///
/// An allocation for a split, so that a guard that is never split has nothing to count.
pub(super) enum Held<R> {
    Alone(R),
    Shared(Rc<R>),
}

impl<R> Split for Held<R> {
    fn split(self) -> (Self, Self) {
        let shared = match self {
            Self::Alone(release) => Rc::new(release),
            Self::Shared(shared) => shared,
        };
        (Self::Shared(Rc::clone(&shared)), Self::Shared(shared))
    }
}

/// A guard that reads.
pub(super) struct Reads<'a, T: ?Sized, R> {
    shown: NonNull<T>,
    release: R,
    lifetime: PhantomData<&'a T>,
}

impl<'a, T: ?Sized, R> Reads<'a, T, R> {
    /// # Safety
    ///
    /// 1. `shown` is valid for `'a`, and nobody writes to it before `release` is dropped.
    /// 2. `release` ends before the mutation in which it was made.
    #[inline]
    pub(super) unsafe fn new(shown: NonNull<T>, release: R) -> Self {
        Self { shown, release, lifetime: PhantomData }
    }

    #[inline]
    pub(super) fn get(&self) -> &T {
        // SAFETY: invariant 1: `release` exists.
        unsafe { self.shown.as_ref() }
    }

    #[inline]
    pub(super) fn release(&self) -> &R {
        &self.release
    }

    #[inline]
    pub(super) fn map<U: ?Sized>(self, part: impl FnOnce(&T) -> &U) -> Reads<'a, U, R> {
        // A panic in `part` drops `self`, which releases.
        let shown = NonNull::from(part(self.get()));
        Reads { shown, release: self.release, lifetime: PhantomData }
    }

    #[inline]
    pub(super) fn filter_map<U: ?Sized>(
        self,
        part: impl FnOnce(&T) -> Option<&U>,
    ) -> Result<Reads<'a, U, R>, Self> {
        match part(self.get()).map(NonNull::from) {
            Some(shown) => Ok(Reads { shown, release: self.release, lifetime: PhantomData }),
            None => Err(self),
        }
    }

    #[inline]
    pub(super) fn map_split<U: ?Sized, V: ?Sized>(
        self,
        parts: impl FnOnce(&T) -> (&U, &V),
    ) -> (Reads<'a, U, R>, Reads<'a, V, R>)
    where
        R: Split,
    {
        let (first, second) = parts(self.get());
        let (first, second) = (NonNull::from(first), NonNull::from(second));
        let (one, other) = self.release.split();
        (
            Reads { shown: first, release: one, lifetime: PhantomData },
            Reads { shown: second, release: other, lifetime: PhantomData },
        )
    }
}

/// A guard that writes.
pub(super) struct Writes<'a, T: ?Sized, R> {
    shown: NonNull<T>,
    release: R,
    /// Invariant, as contents go in and out.
    lifetime: PhantomData<&'a mut T>,
}

impl<'a, T: ?Sized, R> Writes<'a, T, R> {
    /// # Safety
    ///
    /// 1. `shown` is valid for `'a`, and nobody else uses it before `release` is dropped.
    /// 2. `release` ends before the mutation in which it was made.
    #[inline]
    pub(super) unsafe fn new(shown: NonNull<T>, release: R) -> Self {
        Self { shown, release, lifetime: PhantomData }
    }

    #[inline]
    pub(super) fn get(&self) -> &T {
        // SAFETY: invariant 1: `release` exists.
        unsafe { self.shown.as_ref() }
    }

    #[inline]
    pub(super) fn get_mut(&mut self) -> &mut T {
        // SAFETY: invariant 1: `release` exists, and this guard is borrowed exclusively.
        unsafe { self.shown.as_mut() }
    }

    #[inline]
    pub(super) fn map<U: ?Sized>(mut self, part: impl FnOnce(&mut T) -> &mut U) -> Writes<'a, U, R> {
        // A panic in `part` drops `self`, which releases.
        let shown = NonNull::from(part(self.get_mut()));
        Writes { shown, release: self.release, lifetime: PhantomData }
    }

    #[inline]
    pub(super) fn filter_map<U: ?Sized>(
        mut self,
        part: impl FnOnce(&mut T) -> Option<&mut U>,
    ) -> Result<Writes<'a, U, R>, Self> {
        match part(self.get_mut()).map(NonNull::from) {
            Some(shown) => Ok(Writes { shown, release: self.release, lifetime: PhantomData }),
            None => Err(self),
        }
    }

    #[inline]
    pub(super) fn map_split<U: ?Sized, V: ?Sized>(
        mut self,
        parts: impl FnOnce(&mut T) -> (&mut U, &mut V),
    ) -> (Writes<'a, U, R>, Writes<'a, V, R>)
    where
        R: Split,
    {
        let (first, second) = parts(self.get_mut());
        let (first, second) = (NonNull::from(first), NonNull::from(second));
        let (one, other) = self.release.split();
        (
            Writes { shown: first, release: one, lifetime: PhantomData },
            Writes { shown: second, release: other, lifetime: PhantomData },
        )
    }
}

// SAFETY: invariant 2: said once, by the guard, so that a program that sends one is told so once, and of the guard.
unsafe impl<T: ?Sized, R> Send for Reads<'_, T, R> {}
// SAFETY: as above.
unsafe impl<T: ?Sized, R> Sync for Reads<'_, T, R> {}
// SAFETY: as above.
unsafe impl<T: ?Sized, R> Send for Writes<'_, T, R> {}
// SAFETY: as above.
unsafe impl<T: ?Sized, R> Sync for Writes<'_, T, R> {}

/// The std traits of a guard, whose `part` is a `Reads` or, with `writes`, a `Writes`.
macro_rules! guard_traits {
    ($Guard:ident) => {
        impl<T: ?Sized> core::ops::Deref for $Guard<'_, T> {
            type Target = T;
            #[inline]
            fn deref(&self) -> &T {
                self.part.get()
            }
        }

        impl<T: ?Sized + core::fmt::Debug> core::fmt::Debug for $Guard<'_, T> {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                (**self).fmt(f)
            }
        }

        impl<T: ?Sized + core::fmt::Display> core::fmt::Display for $Guard<'_, T> {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                (**self).fmt(f)
            }
        }
    };
    ($Guard:ident, writes) => {
        guard_traits!($Guard);

        impl<T: ?Sized> core::ops::DerefMut for $Guard<'_, T> {
            #[inline]
            fn deref_mut(&mut self) -> &mut T {
                self.part.get_mut()
            }
        }
    };
}
pub(super) use guard_traits;
