//! See `run.rs`.
