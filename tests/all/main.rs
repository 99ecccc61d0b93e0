//! Tests of the crate from outside, in one binary.

#[cfg(gc_asan)]
mod asan;
mod derive;
mod programs;
mod regressions;
#[cfg(gc_zeal)]
mod zeal;
