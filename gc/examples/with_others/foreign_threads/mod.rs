//! Threads of a C library that call back into Rust and use a heap there.
//!
//! The library starts threads with `pthread_create`, fills buffers, and calls back with a `void *` that it does not look
//! into. For the heap such a thread is a thread like any other: it attaches with its first mutation, and detaches when
//! it ends. Three things make it safe:
//!
//! * what the `void *` is: a [`Root`](gc::Root) as a word, which is taken back once ([`callbacks`]);
//! * where C writes: to a buffer in the heap that is [`Pinned`](gc::Pinned), which stays where it is ([`run`](run()));
//! * that no panic gets into C ([`callbacks`]).
//!
//! The C code is in `sampler.c`, and [`sampler`] says in Rust what `sampler.h` says in C.

pub mod callbacks;
pub mod recorder;
mod run;
pub mod sampler;

pub use run::{Report, run};
