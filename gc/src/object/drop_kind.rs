//! How the contents of a slot are dropped: nothing to do, library code only, or the program's own code. And whether what
//! they own may change.
//!
//! Sweeping never runs the program's code, so the collector must know before it drops a value whether a
//! `Drop` of the program could run. That is computed when a type is first allocated, by a walk over the
//! types that a value owns; it cannot be a constant, since types own themselves (`Vec<Self>`).

/// What runs when a value is dropped.
///
/// # Examples
///
/// ```
/// use gc::Trace;
/// use gc::implement::{DropKind, DropWalk};
///
/// #[derive(Trace)]
/// struct Guard;
///
/// impl Drop for Guard {
///     fn drop(&mut self) {}
/// }
///
/// fn kind<T: Trace<'static>>() -> DropKind {
///     T::drop_kind(&mut DropWalk::default())
/// }
///
/// assert_eq!(kind::<gc::Gc<'static, u64>>(), DropKind::None);
/// assert_eq!(kind::<Vec<String>>(), DropKind::Library);
/// assert_eq!(kind::<Vec<Guard>>(), DropKind::User);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DropKind {
    /// Nothing: the slot is free as soon as its object is dead.
    None,
    /// Only code of the standard library and of this crate (`String`, `Vec`, `Box`, maps and structs of
    /// these): dropped by whoever sweeps.
    Library,
    /// Code of the program, which may block, panic or use the heap: dropped outside every lock and mutation.
    User,
}

impl DropKind {
    /// The kind of a value that owns both.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::implement::DropKind;
    ///
    /// assert_eq!(DropKind::None.and(DropKind::Library), DropKind::Library);
    /// assert_eq!(DropKind::User.and(DropKind::Library), DropKind::User);
    /// ```
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        self.max(other)
    }

    /// The kind of a type about which only `needs_drop` is known.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::implement::DropKind;
    ///
    /// assert_eq!(DropKind::unknown::<u64>(), DropKind::None);
    /// assert_eq!(DropKind::unknown::<std::process::Child>(), DropKind::User); // to be on the safe side
    /// ```
    pub const fn unknown<T: ?Sized>() -> Self {
        if core::mem::needs_drop::<T>() { Self::User } else { Self::None }
    }
}

/// Types visited before a walk gives up and answers [`DropKind::User`], which is always safe.
const FUEL: usize = 256;

/// A walk over the types that a value owns, to find its [`DropKind`].
///
/// # Examples
///
/// ```
/// use gc::Trace;
/// use gc::implement::{DropKind, DropWalk};
///
/// /// What a container of two kinds of values does.
/// fn drop_kind<'gc, K: Trace<'gc>, V: Trace<'gc>>(walk: &mut DropWalk) -> DropKind {
///     DropKind::Library.and(walk.visit::<K>(K::drop_kind)).and(walk.visit::<V>(V::drop_kind))
/// }
///
/// assert_eq!(drop_kind::<u64, String>(&mut DropWalk::default()), DropKind::Library);
/// ```
#[derive(Debug, Default)]
pub struct DropWalk {
    /// The walk functions already entered, by address. Merged functions have equal code and so equal answers.
    visited: Vec<usize>,
    /// Whether what a value owns may change after it was shared, as far as the walk has seen.
    pub(crate) owns_changing: bool,
}

impl DropWalk {
    /// The kind of a type about which only `needs_drop` is known.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::implement::{DropKind, DropWalk};
    ///
    /// assert_eq!(DropWalk::default().unknown::<std::process::Child>(), DropKind::User);
    /// ```
    pub fn unknown<T: ?Sized>(&mut self) -> DropKind {
        self.owns_changing |= core::mem::needs_drop::<T>();
        DropKind::unknown::<T>()
    }

    /// As [`visit`](Self::visit), for the contents of a cell.
    pub(crate) fn visit_changing<T: ?Sized>(&mut self, walk: fn(&mut Self) -> DropKind) -> DropKind {
        self.owns_changing |= core::mem::needs_drop::<T>();
        self.visit::<T>(walk)
    }

    /// The kind of a value of type `T`, whose own answer is `walk`, once per type.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::Trace;
    /// use gc::implement::{DropKind, DropWalk};
    ///
    /// let mut walk = DropWalk::default();
    /// assert_eq!(walk.visit::<Vec<String>>(Vec::<String>::drop_kind), DropKind::Library);
    /// ```
    #[inline]
    pub fn visit<T: ?Sized>(&mut self, walk: fn(&mut Self) -> DropKind) -> DropKind {
        if const { core::mem::needs_drop::<T>() } { self.visit_dropped(walk) } else { DropKind::None }
    }

    /// As [`visit`](Self::visit), of a type with drop glue that it is not told, so that it is there once.
    #[inline(never)]
    fn visit_dropped(&mut self, walk: fn(&mut Self) -> DropKind) -> DropKind {
        let identity = walk as usize;
        if self.visited.contains(&identity) {
            return DropKind::Library;
        }
        if self.visited.len() == FUEL {
            self.owns_changing = true;
            return DropKind::User;
        }
        self.visited.push(identity);
        walk(self)
    }
}
