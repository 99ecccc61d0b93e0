//! [`Trace`](super::Trace) for the types of the standard library.

mod option;
mod scalar;
