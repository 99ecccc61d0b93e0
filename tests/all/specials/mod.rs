//! Weak pointers, finalizers, cleanups. Numbers in brackets are those of the statements of behaviour that a test
//! checks, in the order: weak pointers, special records, finalizers, cleanups.

mod fates;
mod pins;
mod profile;
