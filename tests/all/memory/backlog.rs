//! Dead objects whose destructors have not run: how many there may be, and who waits for them.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use gc::{Gc, Heap, Root, Trace};
use tests::canary::OnDrop;
use tests::rounds;
use tests::watchdog::within;

const MIB: usize = 1 << 20;

/// Its destructor is short, and much longer than it takes to make one.
#[derive(Trace)]
struct Ticket {
    counter: Arc<AtomicUsize>,
}

impl Drop for Ticket {
    fn drop(&mut self) {
        for _ in 0..20 {
            self.counter.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// One thread makes what another one has to drop, and is many times as fast. It waits, between its mutations, as long as
/// the dead take too much.
#[test]
fn allocation_is_no_faster_than_destructors() {
    let n = rounds(1_000_000) / 100;
    let counter = Arc::new(AtomicUsize::new(0));
    let make = |heap: &Heap| {
        heap.mutate(|mc| {
            (0..100).filter(|_| Gc::try_new(mc, Ticket { counter: Arc::clone(&counter) }).is_err()).count()
        })
    };
    within(Duration::from_secs(120), "many destructors", || {
        let (heap, mut highest) = (Heap::builder().min_heap_bytes(MIB).build(), 0);
        for _ in 0..n {
            assert_eq!(make(&heap), 0);
            highest = highest.max(heap.stats().bytes_in_use);
        }
        assert!(highest < 4 * MIB, "{highest} bytes were in use");
        let limited = Heap::builder().limit_bytes(2 * MIB).build();
        let refused: usize = (0..n).map(|_| make(&limited)).sum();
        assert_eq!(refused, 0, "all is garbage");
        drop((heap, limited));
    });
    assert_eq!(counter.load(Ordering::Relaxed), 2 * n * 100 * 20, "each ran once");
}

/// Threads that allocate wait for it once; those that only read never do.
#[test]
fn nobody_waits_again_for_a_destructor_that_is_stuck() {
    let heap = Heap::builder().min_heap_bytes(MIB).build();
    let (begun, has_begun) = channel();
    let (end, may_end) = channel::<()>();
    let stuck = move || {
        begun.send(()).unwrap();
        let _ = may_end.recv();
    };
    let number: Root<u64> = heap.mutate(|mc| {
        Gc::new(mc, OnDrop::new(stuck));
        mc.root(Gc::new(mc, 1_u64))
    });
    let rounds = rounds(20_000);
    // Were each of them to wait for 10 milliseconds, that would take minutes.
    within(Duration::from_secs(60), "mutations beside a destructor that is stuck", || {
        while has_begun.try_recv().is_err() {
            heap.mutate(|mc| _ = Gc::new(mc, [0_u64; 1000]));
        }
        // Far more than what makes who allocates wait.
        for _ in 0..200 {
            heap.mutate(|mc| (0..1000).for_each(|_| _ = Gc::new(mc, OnDrop::new(|| ()))));
        }
        for _ in 0..rounds {
            heap.mutate(|mc| assert_eq!(*number.get(mc), 1));
            heap.mutate(|mc| _ = Gc::new(mc, [0_u64; 100]));
        }
        end.send(()).unwrap();
        heap.wait_for_pending().unwrap();
    });
}

/// Destructors of two heaps do not wait for each other.
#[test]
fn a_destructor_that_is_stuck_holds_up_its_own_heap_only() {
    let (stuck_heap, heap) = (Heap::new(), Heap::new());
    let (begun, has_begun) = channel();
    let (end, may_end) = channel::<()>();
    let stuck = move || {
        begun.send(()).unwrap();
        let _ = may_end.recv();
    };
    stuck_heap.mutate(|mc| _ = Gc::new(mc, OnDrop::new(stuck)));
    within(Duration::from_secs(60), "destructors of another heap", || {
        std::thread::scope(|scope| {
            scope.spawn(|| stuck_heap.collect().unwrap());
            has_begun.recv().unwrap();
            let (ran, has_run) = channel();
            heap.mutate(|mc| _ = Gc::new(mc, OnDrop::new(move || ran.send(()).unwrap())));
            heap.collect().unwrap();
            has_run.recv().unwrap();
            end.send(()).unwrap();
        });
    });
}

/// What `collect` made due has run when it returns, however long that takes, unless one destructor does not end: then
/// it says how many are left.
#[test]
fn a_collection_waits_for_destructors_that_other_threads_run() {
    // So few that one thread takes all of them at once; together they take longer than one may.
    const EACH: Duration = Duration::from_millis(15);
    const N: usize = 120;
    let heap = Heap::builder().automatic(false).build();
    let ran = Arc::new(AtomicUsize::new(0));
    let (begun, has_begun) = channel();
    let begun = Mutex::new(begun);
    let first = Arc::new(begun);
    heap.mutate(|mc| {
        for _ in 0..N {
            let (ran, first) = (Arc::clone(&ran), Arc::clone(&first));
            let slow = move || {
                let _ = first.lock().unwrap().send(());
                std::thread::sleep(EACH);
                ran.fetch_add(1, Ordering::SeqCst);
            };
            Gc::new(mc, OnDrop::new(slow));
        }
    });
    within(Duration::from_secs(60), "a collection beside another one", || {
        std::thread::scope(|scope| {
            scope.spawn(|| heap.collect().unwrap());
            has_begun.recv().unwrap();
            let stats = heap.collect().unwrap();
            assert_eq!((ran.load(Ordering::SeqCst), stats.destructors_left), (N, 0));
        });
    });
    let (end, may_end) = channel::<()>();
    let (begun, has_begun) = channel();
    heap.mutate(|mc| {
        let stuck = move || {
            begun.send(()).unwrap();
            let _ = may_end.recv();
        };
        Gc::new(mc, OnDrop::new(stuck));
    });
    within(Duration::from_secs(60), "a collection beside one that is stuck", || {
        std::thread::scope(|scope| {
            scope.spawn(|| heap.collect().unwrap());
            has_begun.recv().unwrap();
            assert_eq!(heap.collect().unwrap().destructors_left, 1);
            end.send(()).unwrap();
        });
        assert_eq!(heap.collect().unwrap().destructors_left, 0);
    });
    let by_hand = Heap::builder().automatic(false).run_by_hand(true).build();
    by_hand.mutate(|mc| (0..3).for_each(|_| _ = Gc::new(mc, OnDrop::new(|| ()))));
    assert_eq!(by_hand.collect().unwrap().destructors_left, 3);
}
