//! Programs that use a heap beside what the `gc` crate must not depend on.
//!
//! The examples beside this folder need nothing but Rust. These need more: a C compiler and a build script for
//! [`foreign_threads`], a runtime for [`tokio_tasks`]. Who depends on `gc` must meet neither, so they are in a package
//! that nobody depends on but our tests.

pub mod foreign_threads;
pub mod tokio_tasks;
