//! The guards of a [`GcRwLock`](super::GcRwLock).

use core::marker::PhantomData;
use core::ptr::NonNull;

use super::growth::Growth;
use super::guard::{Held, Reads, Writes, guard_traits};
use super::raw_lock::{Mode, RawLock};
use crate::mutator::forget_lock;

/// A [`GcRwLock`](crate::GcRwLock) locked for reading; shows the contents, or a part of them: [`ReadGuard::map`].
///
/// All functions are associated functions, so that they never hide those of `T`.
///
/// # Examples
///
/// ```
/// use gc::{Gc, GcRwLock, Heap, ReadGuard};
///
/// Heap::new().mutate(|mc| {
///     let names = Gc::new(mc, GcRwLock::new(vec!["Ada"]));
///     let guard: ReadGuard<'_, Vec<&str>> = names.read(mc);
///     assert_eq!(guard[0], "Ada");
///     assert!(names.try_write(mc).is_none()); // as long as the guard exists
/// });
/// ```
pub struct ReadGuard<'a, T: ?Sized> {
    part: Reads<'a, T, Held<ReadLock<'a>>>,
    /// Which locks a thread holds is noted by thread.
    thread_bound: PhantomData<*const T>,
}

/// A [`GcRwLock`](crate::GcRwLock) locked for writing; shows the contents, or a part of them: [`WriteGuard::map`].
///
/// What the contents own is counted when the guard ends: of the whole contents, also where it shows a part.
///
/// All functions are associated functions, so that they never hide those of `T`.
///
/// # Examples
///
/// ```
/// use gc::{Gc, GcRwLock, Heap, WriteGuard};
///
/// Heap::new().mutate(|mc| {
///     let names = Gc::new(mc, GcRwLock::new(vec!["Ada"]));
///     let mut guard: WriteGuard<'_, Vec<&str>> = names.write(mc);
///     guard.push("Charles");
///     drop(guard);
///     assert_eq!(names.read(mc).len(), 2);
/// });
/// ```
pub struct WriteGuard<'a, T: ?Sized> {
    part: Writes<'a, T, Held<WriteLock<'a>>>,
    /// As in [`ReadGuard`].
    thread_bound: PhantomData<*mut T>,
}

guard_traits!(ReadGuard);
guard_traits!(WriteGuard, writes);

/// A lock that this thread has locked for reading once, and noted.
///
/// Guards that come out of one share it: for the thread it is one lock that it holds.
struct ReadLock<'a>(&'a RawLock);

impl Drop for ReadLock<'_> {
    #[inline]
    fn drop(&mut self) {
        forget_lock(self.0.identity());
        self.0.unlock(Mode::Shared);
    }
}

/// A lock that this thread has locked for writing, and noted.
struct WriteLock<'a> {
    /// The `GcRwLock`, which begins with its lock.
    cell: NonNull<()>,
    growth: Growth,
    lifetime: PhantomData<&'a ()>,
}

impl Drop for WriteLock<'_> {
    #[inline]
    fn drop(&mut self) {
        // SAFETY: a guard ends before its mutation, on its thread; it is dropped, and so are those that came out of it.
        // The growth is that of the cell (duty of `WriteGuard::new`).
        unsafe { self.growth.end(self.cell) };
        // SAFETY: a `GcRwLock` begins with its lock, and outlives its guards.
        let lock = unsafe { self.cell.cast::<RawLock>().as_ref() };
        forget_lock(lock.identity());
        lock.unlock(Mode::Exclusive);
    }
}

impl<'a, T: ?Sized> ReadGuard<'a, T> {
    #[inline]
    fn of(part: Reads<'a, T, Held<ReadLock<'a>>>) -> Self {
        Self { part, thread_bound: PhantomData }
    }

    /// # Safety
    ///
    /// The lock guards `contents`, and has been locked for reading for this guard and noted, in a mutation that `'a` does
    /// not outlive.
    #[inline]
    pub(super) unsafe fn new(contents: NonNull<T>, lock: &'a RawLock) -> Self {
        // SAFETY: locked for reading, so nobody writes the contents.
        Self::of(unsafe { Reads::new(contents, Held::Alone(ReadLock(lock))) })
    }

    /// A guard that shows a part of the contents.
    ///
    /// Costs nothing. If the closure panics the lock is released.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, GcRwLock, Heap, Mutation, ReadGuard};
    ///
    /// type Names = GcRwLock<Vec<String>>;
    ///
    /// fn first<'a>(mc: &'a Mutation<'_>, names: &'a Names) -> ReadGuard<'a, str> {
    ///     ReadGuard::map(names.read(mc), |names| names[0].as_str())
    /// }
    ///
    /// Heap::new().mutate(|mc| {
    ///     let names = Gc::new(mc, Names::new(vec!["Ada".into()]));
    ///     assert_eq!(&*first(mc, &names), "Ada");
    /// });
    /// ```
    #[inline]
    pub fn map<U: ?Sized>(this: Self, part: impl FnOnce(&T) -> &U) -> ReadGuard<'a, U> {
        ReadGuard::of(this.part.map(part))
    }

    /// A guard that shows a part of the contents, if there is one.
    ///
    /// Costs nothing. If the closure panics the lock is released.
    ///
    /// # Errors
    ///
    /// The guard as it was, if the closure returns `None`.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, GcRwLock, Heap, ReadGuard};
    ///
    /// Heap::new().mutate(|mc| {
    ///     let names = Gc::new(mc, GcRwLock::new(vec!["Ada"]));
    ///     let third = ReadGuard::filter_map(names.read(mc), |names| names.get(2));
    ///     assert_eq!(third.unwrap_err().len(), 1);
    /// });
    /// ```
    #[inline]
    pub fn filter_map<U: ?Sized>(
        this: Self,
        part: impl FnOnce(&T) -> Option<&U>,
    ) -> Result<ReadGuard<'a, U>, Self> {
        this.part.filter_map(part).map(ReadGuard::of).map_err(Self::of)
    }

    /// Guards that show two parts of the contents, which may be the same. The lock is released once, when both have ended.
    ///
    /// Costs an allocation, on the ordinary heap. If the closure panics the lock is released.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, GcRwLock, Heap, ReadGuard};
    ///
    /// Heap::new().mutate(|mc| {
    ///     let numbers = Gc::new(mc, GcRwLock::new([1, 2, 3]));
    ///     let (one, others) = ReadGuard::map_split(numbers.read(mc), |numbers| numbers.split_at(1));
    ///     drop(one);
    ///     assert!(numbers.try_write(mc).is_none());
    ///     assert_eq!(*others, [2, 3]);
    /// });
    /// ```
    #[inline]
    pub fn map_split<U: ?Sized, V: ?Sized>(
        this: Self,
        parts: impl FnOnce(&T) -> (&U, &V),
    ) -> (ReadGuard<'a, U>, ReadGuard<'a, V>) {
        let (first, second) = this.part.map_split(parts);
        (ReadGuard::of(first), ReadGuard::of(second))
    }
}

impl<'a, T: ?Sized> WriteGuard<'a, T> {
    #[inline]
    fn of(part: Writes<'a, T, Held<WriteLock<'a>>>) -> Self {
        Self { part, thread_bound: PhantomData }
    }

    /// # Safety
    ///
    /// 1. `cell` is a `GcRwLock` that `'a` does not outlive; it begins with its lock, and `contents` are its contents.
    /// 2. It has just been locked for writing, and noted, in a mutation that `'a` does not outlive; `growth` began then,
    ///    with a function that takes this cell.
    #[inline]
    pub(super) unsafe fn new(contents: NonNull<T>, cell: NonNull<()>, growth: Growth) -> Self {
        let lock = WriteLock { cell, growth, lifetime: PhantomData };
        // SAFETY: locked for writing, so nobody else uses the contents.
        Self::of(unsafe { Writes::new(contents, Held::Alone(lock)) })
    }

    /// A guard that shows a part of the contents.
    ///
    /// Costs nothing. If the closure panics the lock is released.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, GcRwLock, Heap, Mutation, WriteGuard};
    ///
    /// type Names = GcRwLock<Vec<String>>;
    ///
    /// fn first<'a>(mc: &'a Mutation<'_>, names: &'a Names) -> WriteGuard<'a, String> {
    ///     WriteGuard::map(names.write(mc), |names| &mut names[0])
    /// }
    ///
    /// Heap::new().mutate(|mc| {
    ///     let names = Gc::new(mc, Names::new(vec!["Ada".into()]));
    ///     first(mc, &names).push_str(" Lovelace");
    ///     assert_eq!(names.read(mc)[0], "Ada Lovelace");
    /// });
    /// ```
    #[inline]
    pub fn map<U: ?Sized>(this: Self, part: impl FnOnce(&mut T) -> &mut U) -> WriteGuard<'a, U> {
        WriteGuard::of(this.part.map(part))
    }

    /// A guard that shows a part of the contents, if there is one.
    ///
    /// Costs nothing. If the closure panics the lock is released.
    ///
    /// # Errors
    ///
    /// The guard as it was, if the closure returns `None`.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, GcRwLock, Heap, WriteGuard};
    ///
    /// Heap::new().mutate(|mc| {
    ///     let names = Gc::new(mc, GcRwLock::new(vec!["Ada"]));
    ///     match WriteGuard::filter_map(names.write(mc), |names| names.get_mut(1)) {
    ///         Ok(mut second) => *second = "Charles",
    ///         Err(mut names) => names.push("Charles"),
    ///     }
    ///     assert_eq!(*names.read(mc), ["Ada", "Charles"]);
    /// });
    /// ```
    #[inline]
    pub fn filter_map<U: ?Sized>(
        this: Self,
        part: impl FnOnce(&mut T) -> Option<&mut U>,
    ) -> Result<WriteGuard<'a, U>, Self> {
        this.part.filter_map(part).map(WriteGuard::of).map_err(Self::of)
    }

    /// Guards that show two parts of the contents. The lock is released once, when both have ended.
    ///
    /// Costs an allocation, on the ordinary heap; where both parts are used in one function `let whole = &mut *guard`
    /// and a split of that does as well. If the closure panics the lock is released.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, GcRwLock, Heap, WriteGuard};
    ///
    /// Heap::new().mutate(|mc| {
    ///     let pair = Gc::new(mc, GcRwLock::new((1, vec![2])));
    ///     let (mut one, mut many) = WriteGuard::map_split(pair.write(mc), |pair| (&mut pair.0, &mut pair.1));
    ///     many.push(*one);
    ///     *one = 3;
    ///     drop(one);
    ///     assert!(pair.try_read(mc).is_none());
    ///     drop(many);
    ///     assert_eq!(*pair.read(mc), (3, vec![2, 1]));
    /// });
    /// ```
    #[inline]
    pub fn map_split<U: ?Sized, V: ?Sized>(
        this: Self,
        parts: impl FnOnce(&mut T) -> (&mut U, &mut V),
    ) -> (WriteGuard<'a, U>, WriteGuard<'a, V>) {
        let (first, second) = this.part.map_split(parts);
        (WriteGuard::of(first), WriteGuard::of(second))
    }
}
