//! Mutations: what is a safepoint and what is not, where a collection is refused, and threads that come and go.

use std::cell::RefCell;
use std::sync::mpsc::channel;
use std::thread;

use gc::{CollectError, Gc, GcCell, Heap, Mutator, Root};
use tests::canary::{Canary, Ledger, OnDrop};
use tests::rounds;
use tests::shapes::{self, Node, Shape};
use tests::watchdog::watched;

fn heap() -> Heap {
    tests::on_request().build()
}

/// A heap that collects at almost every safepoint.
fn eager() -> Heap {
    Heap::builder().min_heap_bytes(4 << 10).build()
}

#[test]
fn collect_inside_a_mutation_says_what_to_do() {
    let (heap, other) = (heap(), heap());
    let line = line!() + 1;
    heap.mutate(|_| {
        let inside = |result: Result<gc::CycleStats, CollectError>| {
            let Err(error @ CollectError::InsideMutation { entered }) = result else { panic!("{result:?}") };
            assert_eq!((entered.file(), entered.line()), (file!(), line));
            let text = error.to_string();
            assert!(text.contains("mutation.rs") && text.contains(&format!(":{line}:")), "{text}");
            assert!(text.contains("call collect() after `mutate` has returned"), "{text}");
        };
        inside(heap.collect());
        inside(other.collect());
        // The outermost is named.
        heap.mutate(|_| inside(heap.collect()));
        other.mutate(|_| inside(heap.collect()));
        inside(other.collect());
    });
    heap.collect().unwrap();
    let line = line!() + 1;
    let result = heap.attach().mutate(|_| other.collect());
    assert!(matches!(result, Err(CollectError::InsideMutation { entered }) if entered.line() == line));
    let one: Root<u64> = heap.mutate(|mc| mc.root(Gc::new(mc, 1_u64)));
    let line = line!() + 1;
    let result = heap.mutate_loop(one, |_, _| std::ops::ControlFlow::Break(other.collect()));
    assert!(matches!(result, Err(CollectError::InsideMutation { entered }) if entered.line() == line));
}

#[test]
fn collect_in_a_destructor_is_refused() {
    let (heap, other) = (heap(), heap());
    let (send, results) = channel();
    heap.mutate(|mc| {
        let (weak, other) = (heap.downgrade(), other.clone());
        Gc::new(
            mc,
            OnDrop::new(move || {
                let own = weak.upgrade().expect("the heap is open").collect();
                send.send((own, other.collect())).unwrap();
            }),
        );
    });
    heap.collect().unwrap();
    let expected = Err(CollectError::InsideDestructor);
    assert_eq!(results.recv().unwrap(), (expected.clone(), expected));
    assert!(CollectError::InsideDestructor.to_string().contains("destructor"));
    heap.collect().unwrap();
}

#[test]
fn leaving_a_nested_mutation_is_no_safepoint() {
    let (heap, ledger) = (eager(), Ledger::new(11_000));
    heap.mutate(|mc| {
        let ring = shapes::ring(mc, &ledger, 10);
        for _ in 0..100 {
            heap.mutate(|inner| shapes::ring(inner, &ledger, 100).canary.id());
        }
        assert_eq!(heap.stats().cycles, 0);
        ledger.assert_all_alive();
        assert_eq!(Shape::of_ring(ring), 10);
        // A nested mutation has a brand of its own; roots lead from one to the other.
        let root: Root<Node<'static>> = mc.root(ring);
        assert_eq!(heap.mutate(|inner| Shape::of_ring(root.get(inner))), 10);
    });
    assert_eq!(heap.stats().cycles_automatic, 1, "leaving the outermost is one");
    heap.collect().unwrap();
    ledger.assert_all_dropped();
}

#[test]
fn a_mutation_of_one_heap_does_not_keep_another_from_collecting() {
    let (outer, inner, ledger) = (eager(), eager(), Ledger::new(20_000));
    outer.mutate(|mc| {
        let ring = shapes::ring(mc, &ledger, 1000);
        for _ in 0..100 {
            inner.mutate(|mc| Gc::new(mc, [0_u64; 100])[0]);
        }
        assert!(inner.stats().cycles_automatic > 0 && outer.stats().cycles == 0);
        assert_eq!(Shape::of_ring(ring), 1000);
        ledger.assert_all_alive();
    });
}

#[test]
fn automatic_cycles_bound_memory() {
    let heap = Heap::builder().min_heap_bytes(1 << 20).build();
    let kept: Root<GcCell<Option<Gc<'static, [u64; 16]>>>> =
        heap.mutate(|mc| Root::new(mc, Gc::new(mc, GcCell::new(None))));
    for n in 0..rounds(2_000) as u64 {
        heap.mutate(|mc| {
            for _ in 0..100 {
                kept.get(mc).set(mc, Some(Gc::new(mc, [n; 16])));
            }
        });
        heap.mutate(|mc| assert_eq!(kept.get(mc).get().unwrap()[15], n));
    }
    let stats = heap.stats();
    assert!(stats.cycles_automatic >= 15 && stats.cycles == stats.cycles_automatic, "{stats:?}");
    assert!(stats.bytes_in_use < 4 << 20, "25 MiB of garbage were made: {stats:?}");

    // With cycles switched off nothing is freed until it is asked for.
    let heap = Heap::builder().min_heap_bytes(1 << 20).automatic(false).build();
    (0..10).for_each(|_| heap.mutate(|mc| (0..10_000).for_each(|n| assert_eq!(Gc::new(mc, [n; 16])[0], n))));
    if !cfg!(gc_zeal) {
        assert_eq!((heap.stats().cycles, heap.stats().objects()), (0, 100_000));
    }
    heap.collect().unwrap();
    assert_eq!(heap.stats().objects(), 0);
}

/// What is live decides when the next cycle starts: a heap of twice the size collects half as often.
#[test]
fn growth_decides_how_often_cycles_run() {
    let cycles = |percent: u32| {
        let heap = Heap::builder().min_heap_bytes(0).growth_percent(percent).build();
        let kept: Root<[Gc<'static, [u64; 16]>]> =
            heap.mutate(|mc| mc.root(Gc::from_iter(mc, (0..10_000_u64).map(|n| Gc::new(mc, [n; 16])))));
        heap.collect().unwrap();
        for _ in 0..1_000 {
            heap.mutate(|mc| (0..100_u64).for_each(|n| assert_eq!(Gc::new(mc, [n; 16])[0], n)));
        }
        heap.mutate(|mc| assert_eq!(kept.get(mc)[9_999][0], 9_999));
        heap.stats().cycles_automatic
    };
    if !cfg!(gc_zeal) {
        let (often, seldom) = (cycles(50), cycles(400));
        assert!((15..=25).contains(&often) && (1..=3).contains(&seldom), "{often} {seldom}");
    }
}

#[test]
fn an_attached_mutator_mutates() {
    let (heap, ledger) = (heap(), Ledger::new(2));
    let mut mutator = heap.attach();
    assert!(*mutator.heap() == heap);
    let root: Root<Canary> = mutator.mutate(|mc| mc.root(Gc::new(mc, ledger.canary())));
    heap.collect().unwrap();
    mutator.mutate(|mc| heap.mutate(|inner| assert_eq!(root.get(mc).id(), root.get(inner).id())));
    drop(heap);
    // A mutator keeps its heap open.
    mutator.mutate(|mc| root.get(mc).id());
    drop(mutator);
    ledger.assert_all_dropped();
}

#[test]
fn a_weak_handle_does_not_keep_the_heap() {
    let (heap, ledger) = (heap(), Ledger::new(1));
    let weak = heap.downgrade();
    assert!(weak.upgrade().is_some_and(|same| same == heap));
    let _root: Root<Canary> = weak.upgrade().unwrap().mutate(|mc| mc.root(Gc::new(mc, ledger.canary())));
    ledger.assert_all_alive();
    drop(heap);
    ledger.assert_all_dropped();
    assert!(weak.clone().upgrade().is_none());
    assert_eq!(format!("{weak:?}"), "WeakHeap(closed)");
}

#[test]
fn a_thousand_short_threads() {
    watched("a thousand short threads", || {
        let (heap, ledger) = (eager(), Ledger::new(100_000));
        let roots: Vec<Root<Node<'static>>> = (0..1000)
            .map(|_| {
                thread::scope(|scope| {
                    let make = || heap.mutate(|mc| mc.root(shapes::ring(mc, &ledger, 3)));
                    let garbage = || heap.mutate(|mc| shapes::ring(mc, &ledger, 7).canary.id());
                    scope.spawn(move || (garbage(), make(), garbage()).1).join().unwrap()
                })
            })
            .collect();
        heap.mutate(|mc| assert!(roots.iter().all(|root| Shape::of_ring(root.get(mc)) == 3)));
        heap.collect().unwrap();
        assert_eq!(ledger.alive(), 3000);
        // What a thread had not used of its slots was used by the next.
        assert!(heap.stats().bytes_in_use < 4 << 20, "{:?}", heap.stats());
        drop(roots);
        heap.collect().unwrap();
        ledger.assert_all_dropped();
    });
}

/// Uses a heap when its thread ends, whatever else of the thread is gone by then.
struct AtThreadsEnd(Option<(Heap, Root<Node<'static>>, Option<Mutator>)>);

impl Drop for AtThreadsEnd {
    fn drop(&mut self) {
        let Some((heap, root, mutator)) = self.0.take() else { return };
        let ledger = heap.mutate(|mc| {
            assert_eq!(Shape::of_ring(root.get(mc)), 3);
            std::sync::Arc::clone(root.get(mc).canary.ledger())
        });
        if let Some(mut mutator) = mutator {
            mutator.mutate(|mc| {
                let ring = shapes::ring(mc, &ledger, 2);
                // Nested, through whatever record the thread now gets.
                heap.mutate(|mc| assert_eq!(Shape::of_ring(shapes::ring(mc, &ledger, 4)), 4));
                ring.others.borrow_mut(mc).push(ring);
            });
        }
        heap.collect().unwrap();
    }
}

thread_local! {
    static EARLY: RefCell<AtThreadsEnd> = const { RefCell::new(AtThreadsEnd(None)) };
    static LATE: RefCell<AtThreadsEnd> = const { RefCell::new(AtThreadsEnd(None)) };
}

#[test]
fn thread_locals_use_the_heap_while_the_thread_ends() {
    watched("thread-local destructors", || {
        for keep in [false, true] {
            let (heap, ledger) = (eager(), Ledger::new(1000));
            for _ in 0..10 {
                let (heap, ledger) = (heap.clone(), ledger.clone());
                thread::spawn(move || {
                    // Registered before the heap's own thread-locals, and so destroyed after them; and the
                    // other way round.
                    EARLY.with(|_| ());
                    let ring = || heap.mutate(|mc| mc.root(shapes::ring(mc, &ledger, 3)));
                    let value = || AtThreadsEnd(Some((heap.clone(), ring(), keep.then(|| heap.attach()))));
                    EARLY.replace(value());
                    LATE.replace(value());
                })
                .join()
                .unwrap();
            }
            heap.collect().unwrap();
            heap.verify();
            ledger.assert_all_dropped();
            assert_eq!(heap.stats().objects(), 0);
        }
    });
}

/// The last handle may be in a thread-local.
#[test]
fn a_heap_ends_with_its_thread() {
    let ledger = Ledger::new(10);
    let ours = ledger.clone();
    thread::spawn(move || {
        EARLY.with(|_| ());
        let heap = heap();
        let root = heap.mutate(|mc| mc.root(shapes::ring(mc, &ours, 3)));
        let mutator = heap.attach();
        EARLY.replace(AtThreadsEnd(Some((heap, root, Some(mutator)))));
    })
    .join()
    .unwrap();
    ledger.assert_all_dropped();
}

/// Wherever it was opened from, a mutation knows its heap, which it does not keep.
#[test]
fn a_mutation_knows_its_heap() {
    let (heap, other) = (heap(), heap());
    heap.mutate(|mc| {
        assert_eq!(mc.heap(), heap);
        other.mutate(|inner| assert!(inner.heap() == other && mc.heap() == heap));
        mc.heap().mutate(|inner| assert_eq!(inner.heap(), heap));
        let seed = mc.fork();
        thread::scope(|scope| {
            scope.spawn(|| seed.enter(|mc| assert_eq!(mc.heap(), heap)));
        });
    });
    let mut mutator = heap.attach();
    let weak = heap.downgrade();
    drop(heap);
    let again = mutator.mutate(|mc| mc.heap()); // the mutator has kept it
    drop(mutator);
    assert_eq!(weak.upgrade(), Some(again.clone()), "a handle like any other");
    again.collect().unwrap();
    drop(again);
    assert!(weak.upgrade().is_none());
}

/// What would wait for the end of the mutation is refused, by whatever handle it is asked for.
#[test]
fn what_a_mutation_refuses_its_own_heap() {
    let heap = heap();
    heap.mutate(|mc| {
        let heap = mc.heap();
        assert!(matches!(heap.collect(), Err(CollectError::InsideMutation { .. })));
        assert!(matches!(heap.finalizer_cycles(), Err(CollectError::InsideMutation { .. })));
        assert!(matches!(heap.run_pending(), Err(gc::PendingError::InsideMutation { .. })));
        assert!(matches!(heap.wait_for_pending(), Err(gc::PendingError::InsideMutation { .. })));
        assert!(matches!(heap.census(), Err(gc::InspectError::InsideMutation { .. })));
        assert_eq!(heap.stats().attached_threads, 1);
    });
    heap.collect().unwrap();
}
