//! [`Trace`](super::Trace) for the types of the standard library and of optional crates.

mod array;
mod macros;
mod map;
mod option;
mod owned;
mod scalar;
mod text;
mod tuple;
