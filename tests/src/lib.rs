//! What tests share.
#![deny(unsafe_code)]

use gc::{Heap, HeapBuilder};

mod at_end;
pub mod by_turns;
pub mod canary;
pub mod crowd;
pub mod kinds;
pub mod lockers;
pub mod owners;
#[cfg(doctest)]
mod pages;
mod panics;
pub mod patience;
pub mod process;
pub mod programs;
pub mod results;
pub mod rows;
pub mod sampling;
pub mod shapes;
pub mod snapshots;
pub mod table;
pub mod upgrades;
pub mod watchdog;

pub use at_end::AtEnd;
pub use panics::{panic_of, panic_place, quietly};

/// How often a test repeats what it does: fewer times where every safepoint is a whole cycle.
pub fn rounds(n: usize) -> usize {
    if cfg!(gc_zeal) { (n / 100).clamp(1, 200) } else { n }
}

/// Whether cycles mark in slices: the zeal build, where `.ci/slices` runs it.
pub fn in_slices() -> bool {
    cfg!(gc_zeal) && std::env::var_os("GC_SLICES").is_some()
}

/// Options of a heap that collects when it is asked to; in the zeal build at every safepoint, too. For tests that say
/// what lives, whatever was collected when; a heap that is not `automatic` collects when asked in every build.
pub fn on_request() -> HeapBuilder {
    Heap::builder().automatic(cfg!(gc_zeal))
}
