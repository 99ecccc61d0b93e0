//! Memory of objects with something to drop.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use gc::{Gc, Heap, Trace};
use tests::canary::{Canary, Ledger};
use tests::rounds;
use tests::watchdog::within;

const MIB: usize = 1 << 20;

/// Locks a mutex in its destructor.
#[derive(Trace)]
struct Locker {
    _canary: Canary,
    mutex: Arc<Mutex<usize>>,
}

impl Drop for Locker {
    fn drop(&mut self) {
        *self.mutex.lock().unwrap() += 1;
    }
}

/// Destructors run on no thread that allocates or leaves a mutation, whatever locks it holds; and they keep up with
/// it, although the lock that they need is held for most of the time.
#[test]
fn destructors_lock_what_the_allocating_thread_holds() {
    let n = rounds(200_000);
    let heap = Heap::builder().min_heap_bytes(MIB).build();
    let (ledger, mutex) = (Ledger::new(n), Arc::new(Mutex::new(0)));
    let mut highest = 0;
    within(Duration::from_secs(120), "destructors that lock", || {
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
        let start = Instant::now();
        while ledger.alive() > 0 && start.elapsed() < Duration::from_secs(60) {
            heap.collect().unwrap();
        }
    });
    ledger.assert_all_dropped();
    assert_eq!(*mutex.lock().unwrap(), n, "each ran once");
    let stats = heap.stats();
    assert_eq!((stats.objects(), stats.objects_doomed), (0, 0));
    assert!(cfg!(gc_zeal) || stats.cycles_automatic > 1);
    assert!(highest < 6 * MIB, "{highest} bytes were in use for {n} objects");
}

/// Waits in its destructor until it is let go.
#[derive(Trace)]
struct Blocker {
    begun: Sender<()>,
    end: Mutex<Receiver<()>>,
}

impl Drop for Blocker {
    fn drop(&mut self) {
        let _ = self.begun.send(());
        let _ = self.end.lock().unwrap().recv();
    }
}

/// Counted by its last field; dropped by library code only.
#[derive(Trace)]
struct Owner {
    _text: String,
    _bytes: Vec<u8>,
    _counted: Vec<Arc<()>>,
}

/// What owns only library values is dropped by whoever needs its slot, when a destructor of the program never ends.
#[test]
fn library_values_are_dropped_while_a_destructor_blocks() {
    let heap = Heap::builder().min_heap_bytes(MIB).build();
    let (begun, has_begun) = channel();
    let (end, may_end) = channel();
    let alive = Arc::new(());
    let made = AtomicUsize::new(0);
    let make = || {
        let owner =
            Owner { _text: "text".repeat(9), _bytes: vec![7; 30], _counted: vec![Arc::clone(&alive); 2] };
        heap.mutate(|mc| {
            Gc::new(mc, owner);
        });
        made.fetch_add(1, Ordering::Relaxed);
    };
    within(Duration::from_secs(120), "library drops", || {
        heap.mutate(|mc| {
            Gc::new(mc, Blocker { begun, end: Mutex::new(may_end) });
        });
        while has_begun.try_recv().is_err() {
            make();
        }
        let n = rounds(200_000);
        let (mut highest, mut most_alive) = (0, 0);
        for at in 0..n {
            make();
            if at % 64 == 0 {
                highest = highest.max(heap.stats().bytes_in_use);
                most_alive = most_alive.max(Arc::strong_count(&alive));
            }
        }
        let stats = heap.stats();
        assert_eq!(stats.objects_doomed, 1, "the destructor has not ended");
        // The heap begins a cycle for each megabyte: 14,000 objects of 72 bytes.
        assert!(most_alive < 4 * MIB / 72 * 2, "{most_alive} of {n} values were alive at once");
        assert!(highest < 4 * MIB, "{highest} bytes were in use");
        assert!(stats.objects_freed > made.load(Ordering::Relaxed) as u64 / 2);
        // A cycle finds the rest, though it waits a second for the destructor.
        heap.collect().unwrap();
        assert_eq!(Arc::strong_count(&alive), 1, "all are dropped");
        assert_eq!((heap.stats().objects(), heap.stats().objects_doomed), (1, 1));
        end.send(()).unwrap();
        let start = Instant::now();
        while heap.stats().objects() > 0 && start.elapsed() < Duration::from_secs(60) {
            std::thread::yield_now();
        }
        // The span may have been claimed from since it was swept; then the next sweep finds it empty.
        heap.collect().unwrap();
        assert_eq!((heap.stats().objects(), heap.stats().bytes_in_use), (0, 0));
    });
}
