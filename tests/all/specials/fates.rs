//! What becomes of an object with each combination of records, cycle by cycle.

use std::sync::{Arc, Mutex};

use gc::{Gc, Heap, Pinned, Root};
use tests::canary::Canary;

use super::bench::Bench;

/// [25, 27, 31] Cleared and dead; the weak pointer keeps nothing.
#[test]
fn weak_only() {
    let bench = Bench::new();
    let mut weak = None;
    bench.object(|mc, gc| weak = Some(Bench::weak(mc, gc)));
    let weak = weak.unwrap();
    bench.heap.collect().unwrap();
    assert!(!bench.is_upgradable(&weak), "cleared before the destructor has run");
    assert_eq!(bench.alive(), 1);
    assert_eq!(bench.cycle(), [""; 0]);
    assert_eq!(bench.alive(), 0);
}

/// [48, 52] Revived by the first cycle, freed by the second.
#[test]
fn finalizer_only() {
    let bench = Bench::new();
    bench.object(|mc, gc| bench.finalizer(mc, gc, "finalizer"));
    assert_eq!(bench.cycle(), ["finalizer"]);
    assert_eq!(bench.alive(), 1);
    assert_eq!(bench.cycle(), [""; 0], "the finalizer is spent");
    assert_eq!(bench.alive(), 0);
}

/// [25, 27, 28] Revived, and cleared for ever.
#[test]
fn finalizer_and_weak() {
    let bench = Bench::new();
    let mut weak = None;
    bench.object(|mc, gc| {
        bench.finalizer(mc, gc, "finalizer");
        weak = Some(Bench::weak(mc, gc));
    });
    let weak = weak.unwrap();
    bench.heap.collect().unwrap();
    assert!(!bench.is_upgradable(&weak), "cleared when it is revived");
    assert_eq!(bench.cycle(), ["finalizer"]);
    assert!(!bench.is_upgradable(&weak));
    assert_eq!(bench.alive(), 1);
    assert_eq!(bench.cycle(), [""; 0]);
    assert_eq!(bench.alive(), 0);
}

/// [48, 49, 255] Cleanups wait for the second death.
#[test]
fn finalizer_and_cleanups() {
    let bench = Bench::new();
    bench.object(|mc, gc| {
        bench.cleanup(mc, gc, "first");
        bench.finalizer(mc, gc, "finalizer");
        bench.cleanup(mc, gc, "second");
    });
    assert_eq!(bench.cycle(), ["finalizer"], "cleanups stay");
    assert_eq!(bench.alive(), 1);
    let mut ran = bench.cycle();
    ran.sort_unstable();
    assert_eq!(ran, ["first", "second"]);
    assert_eq!(bench.alive(), 0);
    assert_eq!(bench.cycle(), [""; 0]);
}

/// [25, 29, 48] Cleared, destroyed, and only then cleaned up.
#[test]
fn cleanup_and_weak() {
    let bench = Bench::new();
    let (mut weak, heap) = (None, bench.heap.downgrade());
    bench.object(|mc, gc| {
        weak = Some(Bench::weak(mc, gc));
        let (weak, ledger, says) = (weak.clone().unwrap(), Arc::clone(&bench.ledger), bench.says("cleanup"));
        mc.add_cleanup(gc, (), move |()| {
            assert_eq!(ledger.alive(), 0, "the destructor comes first");
            heap.upgrade().unwrap().mutate(|mc| assert!(weak.get(mc).is_none()));
            says();
        });
        bench.cleanup(mc, gc, "another");
    });
    let weak = weak.unwrap();
    bench.heap.collect().unwrap();
    assert!(!bench.is_upgradable(&weak), "cleared before a cleanup runs");
    let mut ran = bench.cycle();
    ran.sort_unstable();
    assert_eq!(ran, ["another", "cleanup"]);
    assert_eq!(bench.alive(), 0);
}

/// Without a destructor the object is freed in the sweep that queues its cleanup.
#[test]
fn cleanup_of_an_object_without_a_destructor() {
    let bench = Bench::new();
    bench.heap.mutate(|mc| {
        mc.add_cleanup(Gc::new(mc, [1_u64; 4]), bench.says("cleanup"), |says| says());
    });
    bench.heap.collect().unwrap();
    assert_eq!(bench.heap.stats().objects(), 0);
    bench.heap.run_pending().unwrap();
    assert_eq!(*bench.log.lock().unwrap(), ["cleanup"]);
}

/// [48] A pin is a root here: the object is not found dead while it is pinned.
#[test]
fn finalizer_and_pin() {
    let bench = Bench::new();
    let mut pinned: Option<Pinned<Canary>> = None;
    bench.object(|mc, gc| {
        bench.finalizer(mc, gc, "finalizer");
        pinned = Some(mc.pin(gc));
    });
    assert_eq!(bench.cycle(), [""; 0], "pinned");
    drop(pinned);
    assert_eq!(bench.cycle(), ["finalizer"]);
    assert_eq!(bench.alive(), 1);
    assert_eq!(bench.cycle(), [""; 0]);
    assert_eq!(bench.alive(), 0);
}

/// [48, 255] A pin that begins with the revival stays, and the spent finalizer does not come back with its end.
#[test]
fn finalizer_that_pins() {
    let bench = Bench::new();
    let pinned: Arc<Mutex<Option<Pinned<Canary>>>> = Arc::default();
    let place = Arc::clone(&pinned);
    bench.object(|mc, gc| {
        bench.cleanup(mc, gc, "cleanup");
        mc.set_finalizer_in(gc, move |mc, gc| *place.lock().unwrap() = Some(mc.pin(gc))).unwrap();
    });
    for _ in 0..3 {
        assert_eq!(bench.cycle(), [""; 0]);
        assert_eq!((bench.alive(), bench.heap.pins().len()), (1, 1));
    }
    assert_eq!(bench.heap.stats().finalizers_run, 1);
    drop(pinned.lock().unwrap().take());
    assert_eq!(bench.cycle(), ["cleanup"]);
    assert_eq!((bench.alive(), bench.heap.stats().pins), (0, 0));
}

/// [39, 49, 50] All are queued by one sweep.
#[test]
fn finalizers_of_several_parts() {
    let bench = Bench::new();
    bench.heap.mutate(|mc| {
        let both = Gc::new(mc, [bench.ledger.canary(), bench.ledger.canary()]);
        for (part, name) in [(1, "second"), (0, "first")] {
            bench.finalizer(mc, Gc::project(both, move |both| &both[part]), name);
        }
    });
    assert_eq!(bench.cycle(), ["first", "second"], "in the same sweep, by address");
    assert_eq!(bench.alive(), 2);
    assert_eq!(bench.cycle(), [""; 0]);
    assert_eq!(bench.alive(), 0);
}

/// [48] Revived each time.
#[test]
fn finalizer_armed_again_by_itself() {
    fn arm(heap: &Heap, root: &Root<Canary>, log: Arc<Mutex<Vec<&'static str>>>) {
        heap.mutate(|mc| {
            let finalizer = move |object: gc::Finalized<Canary>| {
                log.lock().unwrap().push("finalizer");
                let heap = object.heap().clone();
                arm(&heap, &object.into_root(), log);
            };
            mc.set_finalizer(root.get(mc), finalizer).unwrap();
        });
    }
    let bench = Bench::new();
    let root = bench.heap.mutate(|mc| mc.root(Gc::new(mc, bench.ledger.canary())));
    arm(&bench.heap, &root, Arc::clone(&bench.log));
    drop(root);
    for _ in 0..5 {
        assert_eq!(bench.cycle(), ["finalizer"]);
        assert_eq!(bench.alive(), 1);
    }
    let (ledger, stats) = (Arc::clone(&bench.ledger), bench.heap.stats());
    assert_eq!((stats.finalizers_queued, stats.finalizers_run), (5, 5));
    drop(bench);
    ledger.assert_all_dropped();
}
