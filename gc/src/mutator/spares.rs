//! Spare parts for threads that attach: what those that have detached allocated from.
//!
//! To make one anew is most of what attaching costs, and a thread that foreign code has started may attach for a single
//! callback. A spare one has no claims, but knows the classes that its last thread used.
//!
//! (Go keeps spare descriptors of threads, "extra Ms", for callbacks on threads that it has not started.)

use super::local::Local;
use crate::sync::{Mutex, Rank};

/// How many are kept: each has about 45 KiB.
const MOST: usize = 32;

/// The spare ones of a heap. The list is behind a lock that is held for a push or a pop, so no thread waits for more than
/// that, and nothing is taken that another thread has seen before.
#[derive(Debug)]
pub(crate) struct Spares(Mutex<Vec<Spare>>);

/// A [`Local`] that has no claims and no root slots.
#[derive(Debug)]
struct Spare(Local);

// SAFETY: without claims it has pointers to classes and type infos only, which belong to no thread.
unsafe impl Send for Spare {}

impl Spares {
    pub(super) fn new() -> Self {
        Self(Mutex::new(Rank::SpareLocals, Vec::new()))
    }

    /// A spare one, or a new one.
    pub(super) fn take(&self) -> Local {
        let spare = self.0.lock().pop();
        spare.map_or_else(Local::new, |Spare(local)| local)
    }

    /// Keeps one, which has ended its claims and given back its root slots, if there are not many.
    pub(super) fn keep(&self, mut local: Local) {
        local.forget_aside();
        let mut spares = self.0.lock();
        if spares.len() < MOST {
            spares.push(Spare(local));
        }
    }

    /// Gives up all.
    pub(crate) fn trim(&self) {
        let spares = core::mem::take(&mut *self.0.lock());
        drop(spares);
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use std::sync::Barrier;
    use std::thread;

    use super::{MOST, Spares};
    use crate::mutator::{Core, record_of_this_thread};
    use crate::options::Options;

    fn n_spares(spares: &Spares) -> usize {
        spares.0.lock().len()
    }

    #[test]
    fn what_a_thread_leaves_is_what_the_next_one_takes() {
        let core = &Core::new(Options::default());
        for _ in 0..3 {
            thread::scope(|scope| {
                let attach = || {
                    let record = record_of_this_thread(core);
                    assert_eq!(n_spares(&core.spares), 0, "the spare one is in use");
                    record
                };
                // What a thread has in its thread-locals is destroyed before it can be joined.
                scope.spawn(move || drop(attach())).join().unwrap();
            });
            assert_eq!(n_spares(&core.spares), 1);
        }
        core.spares.trim();
        assert_eq!(n_spares(&core.spares), 0);
    }

    #[test]
    fn few_are_kept() {
        let (core, all) = (&Core::new(Options::default()), &Barrier::new(MOST + 5));
        thread::scope(|scope| {
            let attach = || {
                drop(record_of_this_thread(core));
                all.wait();
            };
            let threads: Vec<_> = (0..MOST + 5).map(|_| scope.spawn(attach)).collect();
            threads.into_iter().for_each(|thread| thread.join().unwrap());
        });
        assert_eq!(n_spares(&core.spares), MOST);
    }
}
