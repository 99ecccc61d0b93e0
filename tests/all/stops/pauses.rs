//! What is counted of pauses.

use std::iter;
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use gc::{CycleStats, Gc, Heap, PauseStats};

use super::{eager, lively, quiet, until};

/// A collection that has to wait for a mutation, in which the thread stays until it is asked to leave; the line
/// where it was entered.
fn wait_for_named(heap: &Heap) -> (CycleStats, u32) {
    let (inside, entered) = channel();
    thread::scope(|scope| {
        let leaves =
            thread::Builder::new().name("leaves at once".to_owned()).spawn_scoped(scope, move || {
                let line = line!() + 1;
                heap.mutate(|mc| {
                    inside.send(()).unwrap();
                    while !mc.should_leave() {
                        std::hint::spin_loop();
                    }
                });
                line
            });
        entered.recv().unwrap();
        let cycle = heap.collect().unwrap();
        (cycle, leaves.unwrap().join().unwrap())
    })
}

#[track_caller]
fn check(pauses: &PauseStats, cycles: u64) {
    assert_eq!(pauses.count, cycles, "a pause for each cycle");
    assert_eq!(pauses.histogram.buckets().map(|(_, count)| count).sum::<u64>(), pauses.count, "{pauses:?}");
    assert!(pauses.longest <= pauses.total && pauses.stopping + pauses.marking <= pauses.total, "{pauses:?}");
    assert!(pauses.longest_stopping <= pauses.stopping && pauses.longest_marking <= pauses.marking);
    let shares = [0.0, 0.25, 0.5, 0.9, 0.99, 1.0];
    let quantiles = shares.map(|share| pauses.quantile(share));
    assert!(quantiles.is_sorted() && quantiles[5] == pauses.longest, "{quantiles:?}: {pauses:?}");
}

#[test]
fn a_stop_that_waited_says_for_whom() {
    lively("waited for", || {
        // On a machine that is busy the first attempt may fail; then the stop waits for nobody.
        let waited = || {
            let heap = quiet();
            assert_eq!(heap.stats().pauses, PauseStats::default());
            assert_eq!(heap.collect().unwrap().waited_for, None, "nobody was inside");
            assert_eq!(heap.stats().pauses.waited_for, None);
            // With two threads attached it is not tried without patience before.
            heap.mutate(|mc| _ = Gc::new(mc, 1_u64));
            let (cycle, line) = wait_for_named(&heap);
            let pauses = heap.stats().pauses;
            let is_longest = pauses.longest_stopping == cycle.stopping;
            (is_longest && cycle.waited_for.is_some()).then_some((heap, cycle, line))
        };
        let (heap, cycle, line) = iter::repeat_with(waited).flatten().next().expect("a stop that waits");
        let waited_for = cycle.waited_for.expect("it does");
        assert_eq!((&*waited_for.thread, waited_for.entered.line()), ("leaves at once", line));
        assert!(waited_for.entered.file().ends_with("pauses.rs"));
        assert_eq!(waited_for.at_least, cycle.stopping);
        let pauses = heap.stats().pauses;
        check(&pauses, 2);
        assert_eq!(pauses.waited_for, Some(waited_for), "it was the longest");
        // A shorter one does not take its place.
        let shorter = heap.collect().unwrap().stopping < cycle.stopping;
        assert!(!shorter || heap.stats().pauses.waited_for == pauses.waited_for);
    });
}

#[test]
fn every_pause_is_in_the_histogram() {
    lively("histogram", || {
        let heap = eager();
        thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| {
                    for _ in 0..200 {
                        heap.mutate(|mc| Gc::new(mc, [0_u64; 1000])[0]);
                    }
                });
            }
            (0..100).for_each(|_| _ = heap.collect().unwrap());
        });
        // Those that were asked for may have come so often that none was due by itself.
        while heap.stats().cycles_automatic == 0 {
            heap.mutate(|mc| Gc::new(mc, [0_u64; 1000])[0]);
        }
        heap.collect().unwrap();
        let stats = heap.stats();
        assert!(stats.cycles > stats.cycles_automatic, "{stats:?}");
        check(&stats.pauses, stats.cycles);
    });
}

#[test]
fn attempts_that_failed_are_counted() {
    lively("failed attempts", || {
        let started = Instant::now();
        let heap = quiet();
        let (inside, entered) = channel();
        thread::scope(|scope| {
            let heap = &heap;
            scope.spawn(move || {
                heap.mutate(|_| {
                    inside.send(()).unwrap();
                    until("two attempts fail", || heap.stats().pauses.failed_attempts >= 2);
                });
            });
            entered.recv().unwrap();
            heap.collect().unwrap();
        });
        let pauses = heap.stats().pauses;
        check(&pauses, 1);
        assert!(pauses.failed_attempts >= 2, "{pauses:?}");
        // The first two had 10 and 20 ms of patience.
        assert!(pauses.failed >= Duration::from_millis(30), "{pauses:?}");
        assert!(pauses.failed + pauses.total <= started.elapsed(), "{pauses:?}");
    });
}

/// Looking into a heap keeps threads out, too.
#[test]
fn other_stops_are_counted_apart() {
    let heap = quiet();
    let kept = heap.mutate(|mc| mc.root(Gc::new(mc, 1_u64)));
    heap.verify();
    heap.census().unwrap();
    heap.roots().unwrap();
    let pauses = heap.stats().pauses;
    assert_eq!((pauses.count, pauses.other_stops), (0, 3));
    assert!(pauses.other > Duration::ZERO && pauses.total == Duration::ZERO);
    drop(kept);
}

#[test]
fn the_last_cycles_are_remembered() {
    let told: Arc<Mutex<Vec<CycleStats>>> = Arc::default();
    let hook = {
        let told = Arc::clone(&told);
        move |cycle: &CycleStats| told.lock().unwrap().push(cycle.clone())
    };
    let heap = Heap::builder().automatic(false).on_cycle(hook).build();
    assert!(heap.recent_cycles().is_empty());
    for n in 1..=300 {
        heap.mutate(|mc| _ = Gc::new(mc, vec![0_u8; 100]));
        heap.collect().unwrap();
        let (recent, told) = (heap.recent_cycles(), told.lock().unwrap());
        assert_eq!((recent.len(), told.len()), (n.min(256), n));
        assert_eq!(recent, told[n - recent.len()..]);
    }
    let recent = heap.recent_cycles();
    assert!(recent.iter().zip(45..).all(|(cycle, number)| cycle.number == number && !cycle.automatic));
    for cycles in recent.windows(2) {
        assert!(cycles[0].began + cycles[0].pause <= cycles[1].began, "{cycles:?}");
        assert!(cycles[1].stopping + cycles[1].marking <= cycles[1].pause);
    }
    let pauses: Duration = told.lock().unwrap().iter().map(|cycle| cycle.pause).sum();
    assert_eq!(pauses, heap.stats().pauses.total);
}
