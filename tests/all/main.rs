//! Tests of the crate from outside, in one binary.

mod book;
mod derive;
mod destructors;
