//! Weak pointers, finalizers, cleanups. Numbers in brackets are those of the statements of behaviour that a test
//! checks, in the order: weak pointers, special records, finalizers, cleanups.

mod bench;
mod callbacks;
mod cleanups;
mod fates;
mod finalizers;
mod identity;
mod pins;
mod profile;
mod upgrades;
mod weak;
