//! What becomes of an object with each combination of records, cycle by cycle.

use std::sync::{Arc, Mutex};

use gc::{Gc, Heap, Mutation, Root, WeakRoot};
use tests::canary::{Canary, Ledger};

/// A heap whose callbacks run when the test says so, and what they have said.
struct Bench {
    heap: Heap,
    ledger: Arc<Ledger>,
    log: Arc<Mutex<Vec<&'static str>>>,
}

impl Bench {
    fn new() -> Self {
        let heap = Heap::builder().run_by_hand(true).automatic(false).build();
        Self { heap, ledger: Ledger::new(16), log: Arc::default() }
    }

    /// Says that `what` has run.
    fn says(&self, what: &'static str) -> impl FnOnce() + Send + 'static {
        let log = Arc::clone(&self.log);
        move || log.lock().unwrap().push(what)
    }

    /// Makes an object, and a weak root of it if `weak`.
    fn object(&self, records: impl for<'gc> FnOnce(&Mutation<'gc>, Gc<'gc, Canary>)) {
        self.heap.mutate(|mc| records(mc, Gc::new(mc, self.ledger.canary())));
    }

    fn finalizer<'gc>(&self, mc: &Mutation<'gc>, gc: Gc<'gc, Canary>, name: &'static str) {
        let says = self.says(name);
        mc.set_finalizer(gc, move |object| {
            object.mutate(|_, gc| _ = gc.id());
            says();
        })
        .unwrap();
    }

    fn cleanup<'gc>(&self, mc: &Mutation<'gc>, gc: Gc<'gc, Canary>, name: &'static str) {
        mc.add_cleanup(gc, self.says(name), |says| says());
    }

    fn weak<'gc>(mc: &Mutation<'gc>, gc: Gc<'gc, Canary>) -> WeakRoot<Canary> {
        mc.weak_root(Gc::downgrade(gc, mc))
    }

    /// A cycle; what ran before the callbacks, which run then.
    fn cycle(&self) -> Vec<&'static str> {
        self.heap.collect().unwrap();
        self.heap.verify();
        self.heap.run_pending().unwrap();
        self.heap.verify();
        std::mem::take(&mut *self.log.lock().unwrap())
    }

    fn is_upgradable(&self, weak: &WeakRoot<Canary>) -> bool {
        self.heap.mutate(|mc| weak.get(mc).is_some())
    }

    fn alive(&self) -> usize {
        self.ledger.alive()
    }
}

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

#[test]
fn finalizer_only() {
    let bench = Bench::new();
    bench.object(|mc, gc| bench.finalizer(mc, gc, "finalizer"));
    assert_eq!(bench.cycle(), ["finalizer"]);
    assert_eq!(bench.alive(), 1);
    assert_eq!(bench.cycle(), [""; 0], "the finalizer is spent");
    assert_eq!(bench.alive(), 0);
}

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
