//! Tests of the crate from outside, in one binary.

#[cfg(gc_asan)]
mod asan;
mod book;
mod closing;
mod derive;
mod destructors;
mod destructors_at_work;
mod empty_slices;
mod leaked_locks;
mod limits;
mod programs;
#[cfg(gc_zeal)]
mod zeal;
