//! [`BorrowError`].

use core::fmt;
use core::panic::Location;

use crate::error::debug_as_text;
use crate::mutator::bias;

/// Why a [`GcRefCell`](crate::GcRefCell) could not be borrowed.
///
/// In a debug build (with `debug_assertions`) it says where the borrow that is in the way was taken. That would make
/// borrows slower, so other builds do not note it; nor is it noted in the cell, which has one size in all builds, but in
/// a table that remembers a thousand cells.
///
/// # Examples
///
/// ```
/// use gc::{BorrowError, Gc, GcRefCell, Heap};
///
/// Heap::new().mutate(|mc| {
///     let cell = Gc::new(mc, GcRefCell::new(1));
///     let _guard = cell.borrow_mut(mc);
///     let error: BorrowError = cell.try_borrow(mc).unwrap_err();
///     assert!(error.is_exclusive());
///     assert!(error.to_string().starts_with("the cell is already borrowed exclusively"));
/// });
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct BorrowError {
    pub(super) exclusive: bool,
    /// The number of the mutator that took the borrow, or zero.
    pub(super) mutator: u32,
    /// Whether that is the one which was refused.
    pub(super) itself: bool,
    pub(super) taken: Option<&'static Location<'static>>,
}

impl BorrowError {
    /// Whether the cell is borrowed exclusively, by this thread, by another one, or by a guard that was leaked. Otherwise an
    /// exclusive borrow was asked for and there are others, or there are as many as can be counted.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, GcRefCell, Heap};
    ///
    /// Heap::new().mutate(|mc| {
    ///     let cell = Gc::new(mc, GcRefCell::new(1));
    ///     let _guard = cell.borrow(mc);
    ///     assert!(!cell.try_borrow_mut(mc).unwrap_err().is_exclusive());
    /// });
    /// ```
    pub fn is_exclusive(&self) -> bool {
        self.exclusive
    }

    /// Where the borrow was taken, the first one of several. None if that was not noted.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, GcRefCell, Heap};
    ///
    /// Heap::new().mutate(|mc| {
    ///     let cell = Gc::new(mc, GcRefCell::new(1));
    ///     let _guard = cell.borrow_mut(mc);
    ///     let place = cell.try_borrow(mc).unwrap_err().place();
    ///     assert_eq!(place.is_some(), cfg!(debug_assertions));
    /// });
    /// ```
    pub fn place(&self) -> Option<&'static Location<'static>> {
        self.taken
    }

    /// Name of the thread that took the borrow, if it still uses the heap. Known in debug builds; in others of a thread that
    /// had the cell for itself.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::{Gc, GcRefCell, Heap};
    ///
    /// Heap::new().mutate(|mc| {
    ///     let cell = Gc::new(mc, GcRefCell::new(1));
    ///     let _guard = cell.borrow_mut(mc);
    ///     let thread = cell.try_borrow(mc).unwrap_err().thread();
    ///     assert_eq!(thread.as_deref(), std::thread::current().name());
    /// });
    /// ```
    pub fn thread(&self) -> Option<String> {
        bias::thread(self.mutator)
    }
}

impl fmt::Display for BorrowError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the cell is already borrowed")?;
        if self.exclusive {
            f.write_str(" exclusively")?;
        }
        if let Some(thread) = self.thread() {
            write!(f, " by thread `{thread}`")?;
        }
        match self.taken {
            Some(place) => write!(f, " at {place}")?,
            None if cfg!(debug_assertions) => {}
            None => f.write_str("; a debug build tells where")?,
        }
        // A thread that is not known is most likely another one, which has given the borrow back before anybody looked.
        if !self.itself {
            f.write_str("; where threads meet, a `GcRwLock` lets one wait for the other")?;
        }
        Ok(())
    }
}

debug_as_text!(BorrowError);

impl core::error::Error for BorrowError {}
