//! The guards of a [`GcRefCell`](super::GcRefCell).

use core::marker::PhantomData;
use core::ptr::NonNull;

use super::borrow_word::BorrowWord;
use super::growth::Growth;
use super::guard::{Held, Reads, Split, Writes, guard_traits};

/// A shared borrow of a [`GcRefCell`](crate::GcRefCell), or of a part of its contents: [`Ref::map`].
///
/// Two words. All functions are associated functions, so that they never hide those of `T`.
///
/// # Examples
///
/// ```
/// use gc::{Gc, GcRefCell, Heap, Ref};
///
/// Heap::new().mutate(|mc| {
///     let names = Gc::new(mc, GcRefCell::new(vec!["Ada"]));
///     let borrow: Ref<'_, Vec<&str>> = names.borrow(mc);
///     assert_eq!(borrow.len(), 1);
///     assert!(names.try_borrow_mut(mc).is_err()); // as long as the guard exists
/// });
/// ```
pub struct Ref<'a, T: ?Sized> {
    part: Reads<'a, T, SharedBorrow<'a>>,
    /// The word is written without locked instructions, by this thread only.
    thread_bound: PhantomData<*const T>,
}

/// The exclusive borrow of a [`GcRefCell`](crate::GcRefCell), or of a part of its contents: [`RefMut::map`].
///
/// What the contents own is counted when the borrow ends: of the whole contents, also where the guard shows a part.
///
/// All functions are associated functions, so that they never hide those of `T`.
///
/// # Examples
///
/// ```
/// use gc::{Gc, GcRefCell, Heap, RefMut};
///
/// Heap::new().mutate(|mc| {
///     let names = Gc::new(mc, GcRefCell::new(vec!["Ada"]));
///     let mut borrow: RefMut<'_, Vec<&str>> = names.borrow_mut(mc);
///     borrow.push("Charles");
///     drop(borrow);
///     assert_eq!(names.borrow(mc).len(), 2);
/// });
/// ```
pub struct RefMut<'a, T: ?Sized> {
    part: Writes<'a, T, Held<ExclusiveBorrow<'a>>>,
    /// As in [`Ref`].
    thread_bound: PhantomData<*mut T>,
}

guard_traits!(Ref);
guard_traits!(RefMut, writes);

/// One of the shared borrows that a word counts.
struct SharedBorrow<'a>(&'a BorrowWord);

impl Split for SharedBorrow<'_> {
    #[inline]
    fn split(self) -> (Self, Self) {
        let again = self.again();
        (self, again)
    }
}

impl SharedBorrow<'_> {
    #[inline]
    fn again(&self) -> Self {
        self.0.borrow_again();
        Self(self.0)
    }
}

impl Drop for SharedBorrow<'_> {
    #[inline]
    fn drop(&mut self) {
        self.0.release();
    }
}

/// The exclusive borrow of a word.
struct ExclusiveBorrow<'a> {
    /// The cell, which begins with its word.
    cell: NonNull<()>,
    growth: Growth,
    lifetime: PhantomData<&'a ()>,
}

impl Drop for ExclusiveBorrow<'_> {
    #[inline]
    fn drop(&mut self) {
        // SAFETY: a guard ends before its mutation, on its thread; it is dropped, and so are those that came out of it.
        // The growth is that of the cell (duty of `RefMut::new`).
        unsafe { self.growth.end(self.cell) };
        // SAFETY: a cell begins with its word, and outlives its borrows.
        unsafe { self.cell.cast::<BorrowWord>().as_ref() }.release_exclusive();
    }
}

impl<'a, T: ?Sized> Ref<'a, T> {
    #[inline]
    fn of(part: Reads<'a, T, SharedBorrow<'a>>) -> Self {
        Self { part, thread_bound: PhantomData }
    }

    /// # Safety
    ///
    /// The word has counted a borrow for it, in a mutation that `'a` does not outlive, and guards `contents`.
    #[inline]
    pub(super) unsafe fn new(contents: NonNull<T>, word: &'a BorrowWord) -> Self {
        // SAFETY: the word counts this borrow, so nobody writes the contents.
        Self::of(unsafe { Reads::new(contents, SharedBorrow(word)) })
    }

    /// One more borrow of the same: no `Clone`, which would hide that of the contents.
    ///
    /// # Panics
    ///
    /// The cell is borrowed sixteen million times.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, GcRefCell, Heap, Ref};
    ///
    /// Heap::new().mutate(|mc| {
    ///     let number = Gc::new(mc, GcRefCell::new(7));
    ///     let one = number.borrow(mc);
    ///     let other = Ref::clone(&one);
    ///     drop(one);
    ///     assert_eq!(*other, 7);
    /// });
    /// ```
    #[expect(clippy::should_implement_trait, reason = "as for `Ref` of std")]
    pub fn clone(this: &Self) -> Self {
        // SAFETY: the word counts one more borrow.
        Self::of(unsafe { Reads::new(NonNull::from(this.part.get()), this.part.release().again()) })
    }

    /// A borrow of a part of the contents.
    ///
    /// Costs nothing. If the closure panics the borrow has ended.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, GcRefCell, Heap, Mutation, Ref};
    ///
    /// type Names = GcRefCell<Vec<String>>;
    ///
    /// fn first<'a>(mc: &'a Mutation<'_>, names: &'a Names) -> Ref<'a, str> {
    ///     Ref::map(names.borrow(mc), |names| names[0].as_str())
    /// }
    ///
    /// Heap::new().mutate(|mc| {
    ///     let names = Gc::new(mc, Names::new(vec!["Ada".into()]));
    ///     assert_eq!(&*first(mc, &names), "Ada");
    /// });
    /// ```
    #[inline]
    pub fn map<U: ?Sized>(this: Self, part: impl FnOnce(&T) -> &U) -> Ref<'a, U> {
        Ref::of(this.part.map(part))
    }

    /// A borrow of a part of the contents, if there is one.
    ///
    /// Costs nothing. If the closure panics the borrow has ended.
    ///
    /// # Errors
    ///
    /// The borrow as it was, if the closure returns `None`.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, GcRefCell, Heap, Ref};
    ///
    /// Heap::new().mutate(|mc| {
    ///     let names = Gc::new(mc, GcRefCell::new(vec!["Ada"]));
    ///     let third = Ref::filter_map(names.borrow(mc), |names| names.get(2));
    ///     assert_eq!(third.unwrap_err().len(), 1);
    /// });
    /// ```
    #[inline]
    pub fn filter_map<U: ?Sized>(
        this: Self,
        part: impl FnOnce(&T) -> Option<&U>,
    ) -> Result<Ref<'a, U>, Self> {
        this.part.filter_map(part).map(Ref::of).map_err(Self::of)
    }

    /// Borrows of two parts of the contents, which may be the same. The cell is free when both have ended.
    ///
    /// Costs as much as one more borrow. If the closure panics the borrow has ended.
    ///
    /// # Panics
    ///
    /// The cell is borrowed sixteen million times.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, GcRefCell, Heap, Ref};
    ///
    /// Heap::new().mutate(|mc| {
    ///     let numbers = Gc::new(mc, GcRefCell::new([1, 2, 3]));
    ///     let (one, others) = Ref::map_split(numbers.borrow(mc), |numbers| numbers.split_at(1));
    ///     drop(one);
    ///     assert!(numbers.try_borrow_mut(mc).is_err());
    ///     assert_eq!(*others, [2, 3]);
    /// });
    /// ```
    #[inline]
    pub fn map_split<U: ?Sized, V: ?Sized>(
        this: Self,
        parts: impl FnOnce(&T) -> (&U, &V),
    ) -> (Ref<'a, U>, Ref<'a, V>) {
        let (first, second) = this.part.map_split(parts);
        (Ref::of(first), Ref::of(second))
    }
}

impl<'a, T: ?Sized> RefMut<'a, T> {
    #[inline]
    fn of(part: Writes<'a, T, Held<ExclusiveBorrow<'a>>>) -> Self {
        Self { part, thread_bound: PhantomData }
    }

    /// # Safety
    ///
    /// 1. `cell` is a cell that `'a` does not outlive; it begins with its word, and `contents` are its contents.
    /// 2. The word has just been borrowed exclusively, in a mutation that `'a` does not outlive; `growth` began then,
    ///    with a function that takes this cell.
    #[inline]
    pub(super) unsafe fn new(contents: NonNull<T>, cell: NonNull<()>, growth: Growth) -> Self {
        let borrow = ExclusiveBorrow { cell, growth, lifetime: PhantomData };
        // SAFETY: the word is borrowed exclusively, so nobody else uses the contents.
        Self::of(unsafe { Writes::new(contents, Held::Alone(borrow)) })
    }

    /// The exclusive borrow of a part of the contents.
    ///
    /// Costs nothing. If the closure panics the borrow has ended.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, GcRefCell, Heap, Mutation, RefMut};
    ///
    /// type Names = GcRefCell<Vec<String>>;
    ///
    /// fn first<'a>(mc: &'a Mutation<'_>, names: &'a Names) -> RefMut<'a, String> {
    ///     RefMut::map(names.borrow_mut(mc), |names| &mut names[0])
    /// }
    ///
    /// Heap::new().mutate(|mc| {
    ///     let names = Gc::new(mc, Names::new(vec!["Ada".into()]));
    ///     first(mc, &names).push_str(" Lovelace");
    ///     assert_eq!(names.borrow(mc)[0], "Ada Lovelace");
    /// });
    /// ```
    #[inline]
    pub fn map<U: ?Sized>(this: Self, part: impl FnOnce(&mut T) -> &mut U) -> RefMut<'a, U> {
        RefMut::of(this.part.map(part))
    }

    /// The exclusive borrow of a part of the contents, if there is one.
    ///
    /// Costs nothing. If the closure panics the borrow has ended.
    ///
    /// # Errors
    ///
    /// The borrow as it was, if the closure returns `None`.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, GcRefCell, Heap, RefMut};
    ///
    /// Heap::new().mutate(|mc| {
    ///     let names = Gc::new(mc, GcRefCell::new(vec!["Ada"]));
    ///     match RefMut::filter_map(names.borrow_mut(mc), |names| names.get_mut(1)) {
    ///         Ok(mut second) => *second = "Charles",
    ///         Err(mut names) => names.push("Charles"),
    ///     }
    ///     assert_eq!(*names.borrow(mc), ["Ada", "Charles"]);
    /// });
    /// ```
    #[inline]
    pub fn filter_map<U: ?Sized>(
        this: Self,
        part: impl FnOnce(&mut T) -> Option<&mut U>,
    ) -> Result<RefMut<'a, U>, Self> {
        this.part.filter_map(part).map(RefMut::of).map_err(Self::of)
    }

    /// Exclusive borrows of two parts of the contents. The cell is free when both have ended.
    ///
    /// Costs an allocation, on the ordinary heap; where both parts are used in one function `let whole = &mut *guard`
    /// and a split of that does as well. If the closure panics the borrow has ended.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, GcRefCell, Heap, RefMut};
    ///
    /// Heap::new().mutate(|mc| {
    ///     let pair = Gc::new(mc, GcRefCell::new((1, vec![2])));
    ///     let (mut one, mut many) = RefMut::map_split(pair.borrow_mut(mc), |pair| (&mut pair.0, &mut pair.1));
    ///     many.push(*one);
    ///     *one = 3;
    ///     drop(one);
    ///     assert!(pair.try_borrow(mc).is_err());
    ///     drop(many);
    ///     assert_eq!(*pair.borrow(mc), (3, vec![2, 1]));
    /// });
    /// ```
    #[inline]
    pub fn map_split<U: ?Sized, V: ?Sized>(
        this: Self,
        parts: impl FnOnce(&mut T) -> (&mut U, &mut V),
    ) -> (RefMut<'a, U>, RefMut<'a, V>) {
        let (first, second) = this.part.map_split(parts);
        (RefMut::of(first), RefMut::of(second))
    }
}
