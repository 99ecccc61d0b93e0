//! [`Interner`]: one object for equal values.
//!
//! # Whose code runs when
//!
//! Hashing, comparing, cloning are code of the program: it may panic, take its time, and come back to the interner. So
//! none of it runs under the interner's lock, under which a few words are copied or written and nothing else:
//!
//! 1. The value is hashed.
//! 2. The candidates are copied, under the lock; at first the first of them only, as mostly there is no other.
//! 3. They are upgraded and compared. If one is equal it is returned.
//! 4. The new object is made.
//! 5. Its entry is added, under the lock, unless there are candidates that have not been compared: then these are compared.
//!
//! Step 5 is repeated only after another thread, or code that was called, has added an entry of the same hash. So one of any
//! number of threads goes on; and of two that make equal values the second finds that of the first.

use core::borrow::Borrow;
use core::fmt;
use core::hash::{BuildHasher, Hash};
use std::hash::RandomState;

use super::Internable;
use super::candidates::{self, Candidates};
use super::entries::Entries;
use super::short_lock::ShortLock;
use crate::mutator::Mutation;
use crate::object::{DropKind, DropWalk, Mask};
use crate::pointer::{Gc, GcStr, Thin, WeakGc};
use crate::trace::{Rebrand, RebrandDst, Tally, Trace, Tracer};

/// One object for all equal values: [`intern`](Self::intern) gives the same `Gc` for them as long as anybody has it.
///
/// It keeps none of the objects: what nobody uses any more is found dead by the next cycle, and its entry vanishes. Equality of
/// interned values is equality of their addresses ([`Gc::ptr_eq`], [`ByAddress`](crate::ByAddress)).
///
/// Values are compared and hashed when they come in and never again. Several threads may use an interner at the same time, in
/// an object or through a [`Seed`](crate::Seed): it has a lock of its own, which is held for a few instructions and never
/// while code of the program runs.
///
/// An object that a finalizer revives is no longer the one for its value, as weak pointers to it are cleared.
///
/// Strings come in two forms: an `Interner<'gc, str>` gives a `Gc<'gc, str>`, of two words, and an `Interner<'gc, Thin<str>>` a
/// [`GcStr`], of one, by [`intern_str`](Self::intern_str).
///
/// # Examples
///
/// ```
/// use gc::{Gc, Heap, Interner, Root};
///
/// let heap = Heap::new();
/// let symbols: Root<Interner<'static, str>> = heap.mutate(|mc| Root::new(mc, Gc::new(mc, Interner::new())));
/// let kept: Root<str> = heap.mutate(|mc| {
///     let symbols = symbols.get(mc);
///     let (one, other) = (symbols.intern(mc, "lambda"), symbols.intern(mc, &format!("{}da", "lamb")));
///     assert!(Gc::ptr_eq(one, other));
///     symbols.intern(mc, "used once");
///     mc.root(one)
/// });
/// heap.collect()?;
/// heap.mutate(|mc| {
///     let symbols = symbols.get(mc);
///     assert!(symbols.get(mc, "used once").is_none());
///     assert!(Gc::ptr_eq(symbols.get(mc, "lambda").unwrap(), kept.get(mc)));
/// });
/// # Ok::<(), gc::CollectError>(())
/// ```
#[expect(explicit_outlives_requirements, reason = "makes `dyn Trait` default to the brand")]
pub struct Interner<'gc, T: ?Sized + 'gc, S = RandomState> {
    known: ShortLock<Known<'gc, T>>,
    hasher: S,
}

/// Entries by hash.
type Known<'gc, T> = Entries<WeakGc<'gc, T>>;

impl<T: ?Sized> Interner<'_, T> {
    /// An interner without values. Of which type they are the first one to be interned says.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, Heap, Interner};
    ///
    /// Heap::new().mutate(|mc| {
    ///     let words = Gc::new(mc, Interner::new());
    ///     assert_eq!(&*words.intern(mc, "word"), "word");
    /// });
    /// ```
    pub fn new() -> Self {
        Self::with_hasher(RandomState::new())
    }
}

impl<T: ?Sized, S> Interner<'_, T, S> {
    /// An interner that hashes values with this.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::hash::{BuildHasherDefault, DefaultHasher};
    ///
    /// use gc::{Gc, Heap, Interner};
    ///
    /// Heap::new().mutate(|mc| {
    ///     let hasher = BuildHasherDefault::<DefaultHasher>::default();
    ///     let words = Gc::new(mc, Interner::with_hasher(hasher));
    ///     words.intern(mc, "word");
    /// });
    /// ```
    pub fn with_hasher(hasher: S) -> Self {
        Self { known: ShortLock::default(), hasher }
    }
}

impl<'gc, T: ?Sized + Trace<'gc>, S: BuildHasher> Interner<'gc, T, S> {
    /// The object for a value, if there is one, looked up by a borrowed form of it. Allocates nothing.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, Heap, Interner};
    ///
    /// Heap::new().mutate(|mc| {
    ///     let names = Gc::new(mc, Interner::<String>::new());
    ///     assert!(names.get(mc, "name").is_none());
    ///     let name = names.intern_owned(mc, String::from("name"));
    ///     assert!(Gc::ptr_eq(names.get(mc, "name").unwrap(), name));
    /// });
    /// ```
    pub fn get<Q: ?Sized + Hash + Eq>(&self, mc: &Mutation<'gc>, value: &Q) -> Option<Gc<'gc, T>>
    where
        T: Borrow<Q>,
    {
        self.look_up(mc, self.hash(value), value).ok()
    }

    /// The object for a value, looked up by a borrowed form of it; if there is none, the one that `make` gives, whose value
    /// is to be equal. Allocates nothing if there is one.
    ///
    /// If an equal value comes in while `make` runs, that is returned, and what `make` gave is not.
    ///
    /// # Panics
    ///
    /// The heap's limit is reached or the system gives no memory: see [`AllocError`](crate::AllocError). If `make`, or hashing
    /// or comparing, panics the interner stays as it is.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, Heap, Interner};
    ///
    /// Heap::new().mutate(|mc| {
    ///     let names = Gc::new(mc, Interner::<String>::new());
    ///     let make = |name: &str| names.intern_with(mc, name, || Gc::new(mc, String::from(name)));
    ///     assert!(Gc::ptr_eq(make("name"), make("name")));
    /// });
    /// ```
    #[track_caller]
    pub fn intern_with<Q: ?Sized + Hash + Eq>(
        &self,
        mc: &Mutation<'gc>,
        value: &Q,
        make: impl FnOnce() -> Gc<'gc, T>,
    ) -> Gc<'gc, T>
    where
        T: Borrow<Q>,
    {
        let hash = self.hash(value);
        let mut candidates = match self.look_up(mc, hash, value) {
            Ok(known) => return known,
            Err(candidates) => candidates,
        };
        let made = make();
        let weak = Gc::downgrade(made, mc);
        loop {
            let inserted =
                self.known.write(mc, |known| candidates::insert(mc, known, hash, weak, &candidates));
            match inserted {
                Ok(()) => return made,
                Err(now) => candidates = now,
            }
            if let Some(known) = find(mc, &candidates, value) {
                return known;
            }
        }
    }

    /// The object for a value, or what is not.
    #[inline]
    fn look_up<Q: ?Sized + Eq>(
        &self,
        mc: &Mutation<'gc>,
        hash: usize,
        value: &Q,
    ) -> Result<Gc<'gc, T>, Candidates<'gc, T>>
    where
        T: Borrow<Q>,
    {
        // Mostly the only one of its hash, so the others are looked for later.
        let first = self.known.read(mc, |known| known.get(hash, |_| true).copied());
        match first.map(|first| equal(mc, first, value)) {
            None => Err(Candidates::NONE),
            Some(Some(known)) => Ok(known),
            Some(None) => {
                let candidates = self.candidates(mc, hash);
                find(mc, &candidates, value).ok_or(candidates)
            }
        }
    }

    #[cold]
    fn candidates(&self, mc: &Mutation<'gc>, hash: usize) -> Candidates<'gc, T> {
        self.known.read(mc, |known| Candidates::of(known, hash))
    }

    #[expect(clippy::cast_possible_truncation, reason = "some bits of a hash are one, too")]
    fn hash<Q: ?Sized + Hash>(&self, value: &Q) -> usize {
        self.hasher.hash_one(value) as usize
    }
}

/// The candidate that is equal to a value.
fn find<'gc, T: ?Sized + Borrow<Q>, Q: ?Sized + Eq>(
    mc: &Mutation<'gc>,
    candidates: &Candidates<'gc, T>,
    value: &Q,
) -> Option<Gc<'gc, T>> {
    candidates.iter().find_map(|weak| equal(mc, weak, value))
}

/// The object, if it is alive and equal to a value.
#[inline]
fn equal<'gc, T: ?Sized + Borrow<Q>, Q: ?Sized + Eq>(
    mc: &Mutation<'gc>,
    weak: WeakGc<'gc, T>,
    value: &Q,
) -> Option<Gc<'gc, T>> {
    weak.upgrade(mc).filter(|known| Gc::as_ref(*known).borrow() == value)
}

impl<'gc, T: ?Sized + Internable<'gc>, S: BuildHasher> Interner<'gc, T, S> {
    /// The object for a value: the one that there is, or a new one with a clone of the value.
    ///
    /// For text, slices, and whatever is `Clone + Hash + Eq`: see [`Internable`].
    ///
    /// # Panics
    ///
    /// As [`intern_with`](Self::intern_with), and if cloning panics: then the interner stays as it is, too.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, Heap, Interner};
    ///
    /// Heap::new().mutate(|mc| {
    ///     let words = Gc::new(mc, Interner::new());
    ///     assert!(Gc::ptr_eq(words.intern(mc, "word"), words.intern(mc, "word")));
    ///
    ///     let pairs = Gc::new(mc, Interner::new());
    ///     assert!(Gc::ptr_eq(pairs.intern(mc, &(1, 2)), pairs.intern(mc, &(1, 2))));
    ///
    ///     let rows = Gc::new(mc, Interner::<[u32]>::new()); // else `&[1, 2]` would be an array
    ///     assert!(Gc::ptr_eq(rows.intern(mc, &[1, 2]), rows.intern(mc, &[1, 2])));
    /// });
    /// ```
    #[track_caller]
    pub fn intern(&self, mc: &Mutation<'gc>, value: &T) -> Gc<'gc, T> {
        self.intern_with(mc, value, || value.to_object(mc))
    }
}

impl<'gc, S: BuildHasher> Interner<'gc, Thin<str>, S> {
    /// The string for a text, behind a pointer of one word: the one that there is, or a new one. [`get`](Self::get) finds it by
    /// the text, too.
    ///
    /// # Panics
    ///
    /// The heap's limit is reached or the system gives no memory: see [`AllocError`](crate::AllocError).
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, GcStr, Heap, Interner};
    ///
    /// Heap::new().mutate(|mc| {
    ///     let symbols = Gc::new(mc, Interner::new());
    ///     let lambda: GcStr<'_> = symbols.intern_str(mc, "lambda");
    ///     assert!(GcStr::ptr_eq(lambda, symbols.intern_str(mc, "lambda")));
    ///     assert_eq!(symbols.get(mc, "lambda").map(GcStr::from), Some(lambda));
    /// });
    /// ```
    #[track_caller]
    pub fn intern_str(&self, mc: &Mutation<'gc>, text: &str) -> GcStr<'gc> {
        self.intern_with(mc, text, || GcStr::as_thin(GcStr::new(mc, text))).into()
    }
}

impl<'gc, T: Trace<'gc> + Hash + Eq, S: BuildHasher> Interner<'gc, T, S> {
    /// As [`intern`](Self::intern), for a value that is there: it moves into the new object, or is dropped if there is one.
    ///
    /// # Panics
    ///
    /// As [`intern_with`](Self::intern_with).
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, Heap, Interner};
    ///
    /// Heap::new().mutate(|mc| {
    ///     let names = Gc::new(mc, Interner::new());
    ///     let name = |number: u32| names.intern_owned(mc, format!("name {number}"));
    ///     assert!(Gc::ptr_eq(name(1), name(1)));
    /// });
    /// ```
    #[track_caller]
    pub fn intern_owned(&self, mc: &Mutation<'gc>, value: T) -> Gc<'gc, T> {
        if let Some(known) = self.get(mc, &value) {
            return known;
        }
        let made = Gc::new(mc, value);
        self.intern_with(mc, Gc::as_ref(made), || made)
    }
}

impl<'gc, T: ?Sized + Trace<'gc>, S> Interner<'gc, T, S> {
    /// The number of objects that are alive. Looks at all of them.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, Heap, Interner};
    ///
    /// Heap::new().mutate(|mc| {
    ///     let words = Gc::new(mc, Interner::<str>::new());
    ///     ["to", "be", "or", "not", "to", "be"].iter().for_each(|word| _ = words.intern(mc, word));
    ///     assert_eq!(words.count(mc), 4);
    /// });
    /// ```
    pub fn count(&self, mc: &Mutation<'gc>) -> usize {
        let all: Vec<_> = self.known.read(mc, |known| known.iter().copied().collect());
        all.into_iter().filter(|weak| weak.upgrade(mc).is_some()).count()
    }

    /// Removes the entries of all objects that the last cycle has found dead, and gives up room in a table that has too much.
    /// Without it they are removed by and by, when others are added.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, Heap, Interner, Root};
    ///
    /// let heap = Heap::new();
    /// let words: Root<Interner<'static, str>> = heap.mutate(|mc| Root::new(mc, Gc::new(mc, Interner::new())));
    /// heap.mutate(|mc| (0..1000).for_each(|number| _ = words.get(mc).intern(mc, &number.to_string())));
    /// heap.collect()?;
    /// heap.mutate(|mc| words.get(mc).purge(mc));
    /// assert_eq!(heap.stats().owned_bytes, 0);
    /// # Ok::<(), gc::CollectError>(())
    /// ```
    pub fn purge(&self, mc: &Mutation<'gc>) {
        // So that what is dead is known: the sweep of a page tells its weak pointers.
        self.count(mc);
        self.known.write(mc, Entries::purge);
    }
}

impl<T: ?Sized, S: Default> Default for Interner<'_, T, S> {
    fn default() -> Self {
        Self::with_hasher(S::default())
    }
}

impl<T: ?Sized, S> fmt::Debug for Interner<'_, T, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Interner").finish_non_exhaustive()
    }
}

// SAFETY: duty 1: the edges are those in the lock, all in the tail; in the hasher, which is `'static`, there are none. Duty
// 2: the mask is empty. Duty 5: lock and hasher are dropped, of which the walk asks.
unsafe impl<'gc, T: ?Sized + Trace<'gc>, S: Send + Sync + 'static> Trace<'gc> for Interner<'gc, T, S> {
    const MASK: Mask = Mask::EMPTY;
    const TAIL: bool = true;
    const LEAF: bool = false;

    fn trace(&self, tracer: &mut Tracer) {
        self.known.trace(tracer);
    }

    fn owned(&self, tally: &mut Tally) {
        self.known.owned(tally);
    }

    fn drop_kind(walk: &mut DropWalk) -> DropKind {
        ShortLock::<Known<'gc, T>>::drop_kind(walk).and(DropKind::unknown::<S>())
    }
}

// SAFETY: only the brand changes.
unsafe impl<T: ?Sized + RebrandDst, S: Send + Sync + 'static> Rebrand for Interner<'_, T, S> {
    type Static = Interner<'static, T::Static, S>;
    type At<'a> = Interner<'a, T::At<'a>, S>;
}
