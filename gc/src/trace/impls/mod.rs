//! [`Trace`](super::Trace) for the types of the standard library and of optional crates.

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
