//! [`Trace`](super::Trace) for the types of the standard library and of optional crates.
//!
//! All are `doc(hidden)`: a hundred and seventy of them would hide what the page of the trait says, which has a table instead.

mod array;
mod foreign;
mod macros;
mod map;
mod option;
mod owned;
mod phantom;
mod product;
mod room;
mod scalar;
mod shared;
mod sums;
mod system;
mod text;
mod tuple;

#[cfg(test)]
mod tests;
