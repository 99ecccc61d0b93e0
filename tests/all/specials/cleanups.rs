//! Cleanups: how many, in which order, and how they are taken back.

use std::sync::{Arc, Mutex};

use gc::{Cleanup, Gc, GcCell, Heap, Trace};

use super::bench::Bench;

/// [40, 77] Any number, of an object and its parts.
#[test]
fn of_an_object_and_its_parts() {
    const N: usize = 100;
    let heap = Heap::builder().run_by_hand(true).automatic(false).build();
    let log = Arc::new(Mutex::new(Vec::new()));
    heap.mutate(|mc| {
        let words = Gc::from_slice(mc, &[0_u64; 10]);
        for n in 0..N {
            let part = Gc::project(words, |words| &words[n % 10]);
            mc.add_cleanup(part, (n, Arc::clone(&log)), |(n, log)| log.lock().unwrap().push(n));
        }
    });
    assert_eq!(heap.run_pending(), Ok(0), "the object lives");
    heap.collect().unwrap();
    assert_eq!(heap.run_pending(), Ok(N as u64));
    let mut log = log.lock().unwrap();
    log.sort_unstable();
    assert_eq!(*log, (0..N).collect::<Vec<_>>());
}

/// Those of one object run in the order in which they were added, also when it has a destructor, and has parts.
#[test]
fn in_the_order_in_which_they_were_added() {
    const NAMES: [&str; 6] = ["a", "b", "c", "d", "e", "f"];
    for destructor in [false, true] {
        let bench = Bench::new();
        bench.heap.mutate(|mc| {
            if destructor {
                let canaries = Gc::from_iter(mc, (0..4).map(|_| bench.ledger.canary()));
                for (part, name) in [3, 1, 0, 2, 1, 3].into_iter().zip(NAMES) {
                    bench.cleanup(mc, Gc::project(canaries, |canaries| &canaries[part]), name);
                }
            } else {
                let words = Gc::from_slice(mc, &[0_u64; 4]);
                for (part, name) in [3, 1, 0, 2, 1, 3].into_iter().zip(NAMES) {
                    let part = Gc::project(words, |words| &words[part]);
                    mc.add_cleanup(part, bench.says(name), |says| says());
                }
            }
        });
        assert_eq!(bench.cycle(), NAMES);
    }
}

/// [79] A ring is freed, and all its cleanups run in the same cycle.
#[test]
fn rings() {
    #[derive(Trace)]
    struct Link<'gc> {
        next: GcCell<Option<Gc<'gc, Link<'gc>>>>,
    }
    let bench = Bench::new();
    bench.heap.mutate(|mc| {
        let [one, other] = [(); 2].map(|()| Gc::new(mc, Link { next: GcCell::new(None) }));
        one.next.set(mc, Some(other));
        other.next.set(mc, Some(one));
        for link in [one, other] {
            mc.add_cleanup(link, bench.says("cleanup"), |says| says());
        }
    });
    assert_eq!(bench.cycle(), ["cleanup"; 2]);
    assert_eq!(bench.heap.stats().objects(), 0);
}

/// [84] Stopping takes back exactly one; afterwards, when it is due, and when the heap is gone, it has no effect.
#[test]
fn stopped() {
    let bench = Bench::new();
    let owned = Arc::new(());
    let mut cleanups: Vec<Cleanup> = Vec::new();
    bench.object(|mc, gc| {
        bench.cleanup(mc, gc, "before");
        let owned = Arc::clone(&owned);
        cleanups.push(mc.add_cleanup(gc, owned, |_| panic!("stopped")));
        bench.cleanup(mc, gc, "after");
        cleanups.push(mc.add_cleanup(gc, bench.says("due"), |says| says()));
    });
    assert!(cleanups[0].stop());
    assert_eq!(Arc::strong_count(&owned), 1, "dropped at once");
    assert!(!cleanups[0].stop());
    bench.heap.collect().unwrap();
    assert!(!cleanups[1].stop(), "its object is dead");
    let mut ran = bench.cycle();
    ran.sort_unstable();
    assert_eq!(ran, ["after", "before", "due"]);
    bench.object(|mc, gc| cleanups.push(mc.add_cleanup(gc, (), |()| panic!("never due"))));
    drop(bench);
    assert!(cleanups.iter().all(|cleanup| !cleanup.stop()));
}
