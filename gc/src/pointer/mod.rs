//! Pointers to objects.

mod gc;
pub use gc::Gc;
