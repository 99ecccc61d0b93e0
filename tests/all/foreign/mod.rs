//! Threads that a C library starts, those of the example `foreign_threads`: they are threads like any other.

mod callbacks;
mod ends;
mod library;
