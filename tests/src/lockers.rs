//! Objects whose destructors lock what the thread that makes them holds.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use gc::{Gc, Heap, Trace};

use crate::canary::{Canary, Ledger};
use crate::patience::Since;

/// Locks a mutex in its destructor.
#[derive(Debug, Trace)]
struct Locker {
    _canary: Canary,
    mutex: Arc<Mutex<usize>>,
}

impl Drop for Locker {
    fn drop(&mut self) {
        *self.mutex.lock().unwrap() += 1;
    }
}

/// Makes `n` objects, one by one, while it holds the lock that their destructors take; it lets go of it for a moment
/// after each hundred. Returns the most bytes of pages in use.
///
/// # Panics
///
/// A destructor did not run, or not once.
pub fn churn(heap: &Heap, n: usize) -> usize {
    let (ledger, mutex) = (Ledger::new(n), Arc::new(Mutex::new(0)));
    let mut highest = 0;
    for _ in 0..n / 100 + 1 {
        let held = mutex.lock().unwrap();
        for _ in 0..100.min(n - ledger.made()) {
            let mutex = Arc::clone(&mutex);
            heap.mutate(|mc| {
                Gc::new(mc, Locker { _canary: ledger.canary(), mutex });
            });
        }
        drop(held);
        highest = highest.max(heap.stats().bytes_in_use);
    }
    heap.collect().unwrap();
    // What the service thread has begun to run it ends.
    let start = Since::now();
    while ledger.alive() > 0 && start.elapsed() < Duration::from_secs(60) {
        heap.collect().unwrap();
    }
    ledger.assert_all_dropped();
    assert_eq!(*mutex.lock().unwrap(), n, "each ran once");
    let stats = heap.stats();
    assert_eq!((stats.objects(), stats.objects_doomed), (0, 0));
    highest
}
