//! Tests of the crate from outside, in one binary.

mod depth;
mod derive;
mod panics;
mod shapes;
mod sizes;
