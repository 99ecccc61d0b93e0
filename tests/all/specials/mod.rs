//! Weak pointers, finalizers, cleanups. Numbers in brackets are those of the statements of behaviour that a test
//! checks, in the order: weak pointers, special records, finalizers, cleanups, pins, profile, what follows from these. Those of
//! the profile are in `tests/profile`.
//!
//! Statements of Go's runtime that mean nothing here:
//!
//! | statement | why |
//! |---|---|
//! | 4, 8, 19 to 21 | about marking beside mutations: no thread is inside a mutation while objects are marked |
//! | 6, 41 | every `Gc` points into the heap; nothing else can be given |
//! | 24, 30, 36, 37 | a definition; a target is cleared when its cycle ends; Go's accounts; an allocator that never frees |
//! | 43 to 47, 51, 253, 256 | inner structure, which is another one; what it costs is measured, and ranks of locks are checked |
//! | 246, 251 | what marking and upgrading cost: measured |
//! | 254 | the sweep owns the span here, too, but writes the mark atomically |

mod bench;
mod caches;
mod callbacks;
mod cleanups;
mod ephemerons;
mod fates;
mod finalizers;
mod identity;
mod interners;
mod odd;
mod odd_keys;
mod pins;
mod thin_weak;
mod unswept;
mod upgrades;
mod value_maps;
mod values;
mod weak;
mod weak_maps;
