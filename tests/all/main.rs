//! Tests of the crate from outside, in one binary.

mod book;
mod derive;
mod destructors;
mod destructors_at_work;
mod empty_slices;
mod leaked_locks;
mod limits;
