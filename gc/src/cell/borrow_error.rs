//! [`BorrowError`].

use core::fmt;
use core::panic::Location;

use crate::error::debug_as_text;

/// Why a [`GcRefCell`](crate::GcRefCell) could not be borrowed.
///
/// In a debug build (with `debug_assertions`) it says where the borrow that is in the way was taken. That would make
/// borrows slower, so other builds do not note it; nor is it noted in the cell, which has one size in all builds, but
/// by the thread, which remembers a few dozen cells.
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
    /// It is borrowed exclusively, or an exclusive borrow was asked for and it is borrowed: by this thread, or by a
    /// guard that was leaked.
    #[non_exhaustive]
    Borrowed {
        /// Whether it is borrowed exclusively.
        exclusive: bool,
        /// Where this thread took the borrow, the first one of several. None if that was not noted, and where a guard of
        /// another thread was leaked.
        taken: Option<&'static Location<'static>>,
    },
    /// It belongs to another thread, which is inside a mutation now.
    OwnedBy {
        /// Name of the thread.
        thread: String,
    },
}

impl fmt::Display for BorrowError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Borrowed { exclusive, taken } => {
                let how = if *exclusive { " exclusively" } else { "" };
                write!(f, "the cell is already borrowed{how}")?;
                match taken {
                    Some(place) => write!(f, " by this thread, at {place}"),
                    None if cfg!(debug_assertions) => Ok(()),
                    None => f.write_str("; a debug build tells where"),
                }
            }
            Self::OwnedBy { thread } => write!(
                f,
                "the cell belongs to thread `{thread}`, which is inside a mutation now; contents that \
                 several threads use at the same time belong in a `GcRwLock`"
            ),
        }
    }
}

debug_as_text!(BorrowError);

impl core::error::Error for BorrowError {}
