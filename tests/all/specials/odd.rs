//! Keys and values whose code does what a test wants: it panics, or comes back to the collection that calls it.

use std::cell::Cell;
use std::hash::{Hash, Hasher};
use std::panic::{AssertUnwindSafe, catch_unwind};

use gc::Trace;

thread_local! {
    /// What is to happen in `Hash`, `Eq` and `Drop`, once.
    pub(super) static IN_HASH: Cell<Option<fn()>> = const { Cell::new(None) };
    pub(super) static IN_EQ: Cell<Option<fn()>> = const { Cell::new(None) };
    pub(super) static IN_DROP: Cell<Option<fn()>> = const { Cell::new(None) };
}

/// A number of which every fourth has the same hash.
#[derive(Clone, Debug, Trace)]
pub(super) struct Odd(pub(super) u32);

impl Hash for Odd {
    fn hash<H: Hasher>(&self, state: &mut H) {
        if let Some(odd) = IN_HASH.take() {
            odd();
        }
        (self.0 % 4).hash(state);
    }
}

impl PartialEq for Odd {
    fn eq(&self, other: &Self) -> bool {
        if let Some(odd) = IN_EQ.take() {
            odd();
        }
        self.0 == other.0
    }
}

impl Eq for Odd {}

impl Drop for Odd {
    fn drop(&mut self) {
        if let Some(odd) = IN_DROP.take() {
            odd();
        }
    }
}

/// Equal to all with the same number, and yet another key.
#[derive(Clone, Copy, Debug, Trace)]
pub(super) struct Stamped {
    pub(super) number: u32,
    pub(super) stamp: char,
}

impl Hash for Stamped {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.number.hash(state);
    }
}

impl PartialEq for Stamped {
    fn eq(&self, other: &Self) -> bool {
        self.number == other.number
    }
}

impl Eq for Stamped {}

/// Asserts that `run` panics.
pub(super) fn panics(run: impl FnOnce()) {
    assert!(tests::quietly(true, || catch_unwind(AssertUnwindSafe(run)).is_err()));
}
