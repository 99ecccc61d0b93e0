//! Tests of the crate from outside, in one binary.

mod derive;
mod review_destructors;
mod review_limits;
mod review_locks;
mod review_slices;
