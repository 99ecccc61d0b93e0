//! Memory of objects with something to drop.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use gc::{Gc, Heap, Trace};
use tests::patience::Since;
use tests::watchdog::within;
use tests::{lockers, rounds};

const MIB: usize = 1 << 20;

/// Destructors run on no thread that allocates or leaves a mutation, whatever locks it holds; and they keep up with
/// it, although the lock that they need is held for most of the time. (The stress program does it with a million.)
#[test]
fn destructors_lock_what_the_allocating_thread_holds() {
    let n = rounds(200_000);
    let heap = Heap::builder().min_heap_bytes(MIB).build();
    let highest = within(Duration::from_secs(300), "destructors that lock", || lockers::churn(&heap, n));
    assert!(cfg!(gc_zeal) || heap.stats().cycles_automatic > 1);
    assert!(highest < 6 * MIB, "{highest} bytes were in use for {n} objects");
}

/// Takes a while in its destructor.
#[derive(Trace)]
struct Slow {
    bytes: [u8; 1000],
    dropped: Arc<AtomicUsize>,
}

impl Drop for Slow {
    fn drop(&mut self) {
        let start = Instant::now();
        while start.elapsed() < Duration::from_micros(20) {
            std::hint::spin_loop();
        }
        self.dropped.fetch_add(usize::from(self.bytes[0]), Ordering::Relaxed);
    }
}

/// Where destructors are slower than allocation, entering a mutation waits for them a little, so that the dead do not
/// pile up: 20 MB of them, else.
#[test]
fn slow_destructors_slow_allocation_down() {
    let n = rounds(20_000);
    let heap = Heap::builder().min_heap_bytes(MIB).build();
    let dropped = Arc::new(AtomicUsize::new(0));
    let mut highest = 0;
    within(Duration::from_secs(120), "slow destructors", || {
        for _ in 0..n {
            let slow = Slow { bytes: [1; 1000], dropped: Arc::clone(&dropped) };
            heap.mutate(|mc| {
                Gc::new(mc, slow);
            });
            highest = highest.max(heap.stats().bytes_in_use);
        }
        let start = Since::now();
        while heap.stats().objects() > 0 && start.elapsed() < Duration::from_secs(60) {
            heap.collect().unwrap();
        }
    });
    assert_eq!(dropped.load(Ordering::Relaxed), n, "each ran once");
    assert!(highest < 6 * MIB, "{highest} bytes were in use");
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
        let start = Since::now();
        while heap.stats().objects() > 0 && start.elapsed() < Duration::from_secs(60) {
            std::thread::yield_now();
        }
        // The span may have been claimed from since it was swept; then the next sweep finds it empty.
        heap.collect().unwrap();
        assert_eq!((heap.stats().objects(), heap.stats().bytes_in_use), (0, 0));
    });
}
