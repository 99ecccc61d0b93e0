//! Stops: that no program hangs because of them, and what is told of them.

mod liveness;
mod pauses;
mod stalls;
mod teams;
mod thread_ends;
mod timeouts;
mod told;
mod traced;

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use gc::Heap;
use tests::patience::until;
use tests::watchdog::within;

/// Runs a test that must not hang.
fn lively<R>(test: &str, run: impl FnOnce() -> R) -> R {
    within(Duration::from_secs(30), test, run)
}

/// A heap that collects at almost every safepoint.
fn eager() -> Heap {
    Heap::builder().min_heap_bytes(4 << 10).build()
}

/// A heap that collects when it is told to.
fn quiet() -> Heap {
    Heap::builder().automatic(false).build()
}

/// Tells threads to end, also when a test fails.
struct Done<'a>(&'a AtomicBool);

impl Drop for Done<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Runs `run` while collections of the heaps are forced without a break, each heap by a thread of its own.
fn while_collecting<R>(heaps: &[&Heap], run: impl FnOnce() -> R) -> R {
    let end = AtomicBool::new(false);
    thread::scope(|scope| {
        let _done = Done(&end);
        for heap in heaps {
            let end = &end;
            scope.spawn(move || {
                while !end.load(Ordering::Relaxed) {
                    heap.collect().unwrap();
                }
            });
        }
        run()
    })
}
