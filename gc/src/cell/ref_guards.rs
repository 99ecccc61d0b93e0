//! The guards of a [`GcRefCell`](super::GcRefCell).

use core::marker::PhantomData;
use core::ptr::NonNull;

use super::borrow_word::{BorrowWord, Half};
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
    /// The word counts borrows of the owner without locked instructions, by its thread only.
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

/// A borrow that the word of a cell counts: the address of the cell, and in its lowest bit the half of the word.
#[derive(Clone, Copy)]
struct Counted<'a> {
    cell: NonNull<()>,
    lifetime: PhantomData<&'a ()>,
}

const _: () = assert!(align_of::<BorrowWord>() > 1, "the lowest bit of its address is free");

impl<'a> Counted<'a> {
    /// # Safety
    ///
    /// `cell` is a cell that `'a` does not outlive, and begins with its word.
    #[inline]
    unsafe fn new(cell: NonNull<()>, half: Half) -> Self {
        let cell = match half {
            Half::Own => cell,
            Half::Shared => cell.map_addr(|address| address | 1),
        };
        Self { cell, lifetime: PhantomData }
    }

    #[inline]
    fn half(self) -> Half {
        if self.cell.addr().get() & 1 == 0 { Half::Own } else { Half::Shared }
    }

    /// The cell, of any contents.
    #[inline]
    fn cell(self) -> NonNull<()> {
        match self.half() {
            Half::Own => self.cell,
            // SAFETY: the address of a cell is not zero.
            Half::Shared => unsafe {
                NonNull::new_unchecked(self.cell.as_ptr().map_addr(|address| address & !1))
            },
        }
    }

    #[inline]
    fn word(self) -> &'a BorrowWord {
        // SAFETY: duty of `new`.
        unsafe { self.cell().cast().as_ref() }
    }
}

/// One of the shared borrows that a word counts.
struct SharedBorrow<'a>(Counted<'a>);

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
        self.0.word().borrow_again(self.0.half());
        Self(self.0)
    }
}

impl Drop for SharedBorrow<'_> {
    #[inline]
    fn drop(&mut self) {
        self.0.word().release(self.0.half());
    }
}

/// The exclusive borrow of a word.
struct ExclusiveBorrow<'a> {
    of: Counted<'a>,
    growth: Growth,
}

impl Drop for ExclusiveBorrow<'_> {
    #[inline]
    fn drop(&mut self) {
        // SAFETY: a guard ends before its mutation, on its thread; it is dropped, and so are those that came out of it.
        // The growth is that of the cell (duty of `RefMut::new`).
        unsafe { self.growth.end(self.of.cell()) };
        self.of.word().release_exclusive(self.of.half());
    }
}

impl<'a, T: ?Sized> Ref<'a, T> {
    #[inline]
    fn of(part: Reads<'a, T, SharedBorrow<'a>>) -> Self {
        Self { part, thread_bound: PhantomData }
    }

    /// # Safety
    ///
    /// 1. `cell` is a cell that `'a` does not outlive; it begins with its word, and `contents` are its contents.
    /// 2. The word has just been borrowed, in this half, in a mutation that `'a` does not outlive.
    #[inline]
    pub(super) unsafe fn new(contents: NonNull<T>, cell: NonNull<()>, half: Half) -> Self {
        // SAFETY: the caller's duty 1.
        let borrow = SharedBorrow(unsafe { Counted::new(cell, half) });
        // SAFETY: the word counts this borrow, so nobody writes the contents.
        Self::of(unsafe { Reads::new(contents, borrow) })
    }

    /// One more borrow of the same: no `Clone`, which would hide that of the contents.
    ///
    /// # Panics
    ///
    /// The cell is borrowed a million times.
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
    /// The cell is borrowed a million times.
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
    /// 2. The word has just been borrowed exclusively, in this half, in a mutation that `'a` does not outlive; `growth`
    ///    began then, with a function that takes this cell.
    #[inline]
    pub(super) unsafe fn new(contents: NonNull<T>, cell: NonNull<()>, half: Half, growth: Growth) -> Self {
        // SAFETY: the caller's duty 1.
        let borrow = ExclusiveBorrow { of: unsafe { Counted::new(cell, half) }, growth };
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
