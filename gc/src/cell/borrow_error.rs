//! [`BorrowError`].

use core::fmt;
use core::panic::Location;

use crate::error::debug_as_text;

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
///     let error = cell.try_borrow(mc).unwrap_err();
///     assert!(matches!(error, BorrowError::Borrowed { exclusive: true, .. }));
///     assert!(error.to_string().starts_with("the cell is already borrowed exclusively"));
/// });
/// ```
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum BorrowError {
    /// It is borrowed exclusively, or an exclusive borrow was asked for and it is borrowed: by this thread, by another one,
    /// or by a guard that was leaked.
    #[non_exhaustive]
    Borrowed {
        /// Whether it is borrowed exclusively.
        exclusive: bool,
        /// Where the borrow was taken, the first one of several. None if that was not noted.
        taken: Option<&'static Location<'static>>,
        /// Name of the thread that took it, where that is known: in debug builds, and of the thread that used the cell
        /// first after a collection.
        thread: Option<String>,
    },
}

impl fmt::Display for BorrowError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self::Borrowed { exclusive, taken, thread } = self;
        f.write_str("the cell is already borrowed")?;
        if *exclusive {
            f.write_str(" exclusively")?;
        }
        if let Some(thread) = thread {
            write!(f, " by thread `{thread}`")?;
        }
        match taken {
            Some(place) => write!(f, " at {place}"),
            None if cfg!(debug_assertions) => Ok(()),
            None => f.write_str("; a debug build tells where"),
        }
    }
}

debug_as_text!(BorrowError);

impl core::error::Error for BorrowError {}
