//! Eight threads in one heap, against models, while sixteen others collect and up to eight mark:
//! [`tests::programs::team`].

use gc::{Heap, HeapBuilder};
use tests::programs::team::{self, Team};
use tests::rounds;
use tests::watchdog::watched;

/// Teams in heaps of this kind: one for each number of threads that mark.
fn run(name: &str, builder: fn() -> HeapBuilder, seed: u64, collectors: usize) {
    for mark_threads in [1, 2, 4, 8] {
        watched(name, || {
            let programs = if cfg!(gc_asan) { 12 } else { rounds(100).max(2) };
            let team = Team { threads: 8, programs, collectors, mark_threads, lists: 1 << 10 };
            let seen = team::run(builder(), seed, team);
            assert!(seen.mark_threads <= mark_threads, "too many mark: {seen:?}");
            assert!(collectors == 0 || seen.forced > 0, "nobody has collected");
        });
    }
}

#[test]
fn cycles_run_by_themselves_at_almost_every_safepoint() {
    run("automatic cycles", || Heap::builder().min_heap_bytes(16 << 10), 1, 0);
}

#[test]
fn cycles_run_by_themselves_and_are_forced() {
    run("automatic and forced cycles", || Heap::builder().min_heap_bytes(256 << 10), 2, 16);
}

#[test]
fn cycles_are_forced_only() {
    run("forced cycles", tests::on_request, 3, 16);
}
