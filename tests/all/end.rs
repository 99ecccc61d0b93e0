//! The end of a heap: every destructor runs exactly once, whoever lets go last, whatever the destructors do.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::channel;
use std::sync::{Arc, Barrier};
use std::thread;

use gc::{Gc, GcRefCell, Heap, Root};
use tests::canary::{Canary, Ledger, OnDrop};
use tests::patience::until;
use tests::rounds;
use tests::shapes::{self, Node};
use tests::watchdog::watched;

fn heap() -> Heap {
    tests::on_request().build()
}

#[test]
fn all_that_is_left_is_dropped() {
    let (heap, ledger) = (heap(), Ledger::new(2000));
    let root: Root<Node<'static>> = heap.mutate(|mc| {
        shapes::clique(mc, &ledger, 100);
        Gc::from_iter(mc, (0..100).map(|_| ledger.canary()));
        Gc::new(mc, GcRefCell::new(vec![ledger.canary()]));
        mc.root(shapes::random(mc, &ledger, 1000, 1))
    });
    heap.collect().unwrap();
    assert_eq!(ledger.alive(), 1000);
    heap.mutate(|mc| shapes::ring(mc, &ledger, 100).canary.id());
    drop(heap);
    ledger.assert_all_dropped();
    drop(root);
}

#[test]
fn only_the_last_handle_ends_it() {
    let (heap, ledger) = (heap(), Ledger::new(1));
    let second = heap.clone();
    let mutator = heap.attach();
    let _root: Root<Canary> = heap.mutate(|mc| mc.root(Gc::new(mc, ledger.canary())));
    drop(heap);
    ledger.assert_all_alive();
    drop(second);
    ledger.assert_all_alive();
    drop(mutator);
    ledger.assert_all_dropped();
}

#[test]
fn destructors_that_drop_roots_and_handles() {
    let (heap, other, ledger) = (heap(), heap(), Ledger::new(20));
    let mut roots: Vec<Root<OnDrop>> = Vec::new();
    heap.mutate(|mc| {
        for _ in 0..5 {
            let own: Root<Canary> = mc.root(Gc::new(mc, ledger.canary()));
            let foreign: Root<Canary> = other.mutate(|mc| mc.root(Gc::new(mc, ledger.canary())));
            let (other, own_heap) = (other.clone(), heap.downgrade());
            roots.push(mc.root(Gc::new(
                mc,
                OnDrop::new(move || drop((own, foreign.clone(), foreign, other, own_heap))),
            )));
        }
    });
    // The objects hold the last handles of the other heap.
    drop(other);
    ledger.assert_all_alive();
    drop(heap);
    ledger.assert_all_dropped();
}

#[test]
fn destructors_that_want_the_heap_find_it_closed() {
    let (heap, other, ledger) = (heap(), heap(), Ledger::new(10));
    let found = Arc::new(AtomicUsize::new(0));
    let mut roots: Vec<Root<OnDrop>> = Vec::new();
    heap.mutate(|mc| {
        for _ in 0..5 {
            let (weak, other, found) = (heap.downgrade(), other.clone(), found.clone());
            let canary = ledger.canary();
            let object = Gc::new(
                mc,
                OnDrop::new(move || {
                    found.fetch_add(usize::from(weak.upgrade().is_some()), Ordering::Relaxed);
                    // Another heap is as usable as ever.
                    other.mutate(|mc| Gc::new(mc, canary).id());
                }),
            );
            roots.push(mc.root(object));
        }
    });
    drop(heap);
    assert_eq!((found.load(Ordering::Relaxed), ledger.alive()), (0, 5));
    drop(other);
    ledger.assert_all_dropped();
}

/// An object holds a handle of its own heap. As long as it lives the heap cannot end; when it is dead its
/// destructor, on the heap's own thread, may be what ends it.
#[test]
fn a_destructor_that_drops_the_last_handle() {
    watched("a destructor that drops the last handle", || {
        for _ in 0..rounds(20).max(5) {
            let (heap, ledger) = (Heap::builder().min_heap_bytes(4 << 10).build(), Ledger::new(200));
            let (go, wait) = channel::<()>();
            let (own, canary) = (heap.clone(), ledger.canary());
            heap.mutate(|mc| {
                Gc::new(
                    mc,
                    OnDrop::new(move || {
                        // Not before the test has dropped its handle.
                        let _ = wait.recv();
                        drop(own);
                        assert!(canary.ledger().is_alive(canary.id()));
                    }),
                );
                shapes::ring(mc, &ledger, 100);
            });
            // The cycle at the end of this mutation finds the object dead, and a service thread drops it.
            heap.mutate(|mc| Gc::new(mc, [0_u64; 4096])[0]);
            heap.mutate(|mc| shapes::ring(mc, &ledger, 10).canary.id());
            drop(heap);
            drop(go);
            until("the service thread ends the heap", || ledger.alive() == 0);
            ledger.assert_all_dropped();
        }
    });
}

#[test]
fn the_last_handle_is_dropped_while_a_destructor_blocks() {
    watched("a blocked destructor at the end", || {
        let (heap, ledger) = (Heap::builder().min_heap_bytes(4 << 10).build(), Ledger::new(300));
        let (go, wait) = channel::<()>();
        let (entered, running) = channel();
        let canary = ledger.canary();
        heap.mutate(|mc| {
            Gc::new(
                mc,
                OnDrop::new(move || {
                    entered.send(()).unwrap();
                    let _ = wait.recv();
                    drop(canary);
                }),
            );
            Gc::new(mc, [0_u64; 4096]);
        });
        running.recv().unwrap();
        let root: Root<Node<'static>> = heap.mutate(|mc| mc.root(shapes::ring(mc, &ledger, 100)));
        // The heap can be used and collected while the destructor blocks, and its object is not dropped again.
        for _ in 0..2 {
            assert_eq!(heap.collect().unwrap().live_objects, 100);
            heap.verify();
        }
        assert_eq!(heap.stats().objects_doomed, 1);
        // Dropping the last handle does not wait for it.
        drop(heap);
        drop(go);
        until("the blocked thread ends the heap", || ledger.alive() == 0);
        drop(root);
    });
}

#[test]
fn two_threads_drop_the_last_handles_at_once() {
    watched("two last handles", || {
        for _ in 0..rounds(2_000) {
            let (heap, ledger, start) = (heap(), Ledger::new(10), Barrier::new(2));
            let root: Root<Canary> = heap.mutate(|mc| {
                shapes::ring(mc, &ledger, 9);
                mc.root(Gc::new(mc, ledger.canary()))
            });
            let second = heap.clone();
            thread::scope(|scope| {
                for handle in [heap, second] {
                    let (root, start) = (root.clone(), &start);
                    scope.spawn(move || {
                        start.wait();
                        drop(handle);
                        drop(root);
                    });
                }
            });
            ledger.assert_all_dropped();
        }
    });
}

/// Threads that are attached when the heap ends find nothing wrong when they end, or attach elsewhere.
#[test]
fn threads_outlive_heaps() {
    let (go, wait) = channel::<()>();
    let (send, heaps) = channel();
    let thread = thread::spawn(move || {
        for _ in 0..50 {
            let heap = heap();
            heap.mutate(|mc| *Gc::new(mc, 1_u64));
            send.send(heap).unwrap();
        }
        let _ = wait.recv();
        heap().mutate(|mc| *Gc::new(mc, 1_u64))
    });
    (0..50).for_each(|_| drop(heaps.recv().unwrap()));
    drop(go);
    assert_eq!(thread.join().unwrap(), 1);
}
