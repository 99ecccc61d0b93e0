//! How much memory a heap takes, when it gives it back, and what it says of it.

mod backlog;
mod contents;
mod counters;
mod drops;
mod growth;
mod trim;
