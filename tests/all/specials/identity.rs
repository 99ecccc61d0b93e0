//! Which weak pointers are equal: before and after death, in reused slots, and made by many threads at once.

use std::collections::HashSet;
use std::sync::{Arc, Barrier, Mutex};
use std::thread;

use gc::{Gc, GcRefCell, Heap, Root, WeakGc, WeakRoot};
use tests::canary::{Canary, Ledger};
use tests::rounds;
use tests::watchdog::watched;

fn heap() -> Heap {
    Heap::builder().automatic(false).build()
}

/// Asserts that no two are equal, nor their hashes, and each is itself.
fn assert_different(heap: &Heap, weak: &[WeakRoot<u64>]) {
    heap.mutate(|mc| {
        for (n, one) in weak.iter().enumerate() {
            for (m, other) in weak.iter().enumerate() {
                assert_eq!(one.weak(mc) == other.weak(mc), n == m, "{n} and {m}");
            }
        }
        assert_eq!(weak.iter().map(|weak| weak.weak(mc)).collect::<HashSet<_>>().len(), weak.len());
    });
}

/// [9, 12] Neighbours are different, alive, half of them dead, and all of them dead.
#[test]
fn neighbours() {
    let heap = heap();
    let (mut roots, weak): (Vec<Root<u64>>, Vec<WeakRoot<u64>>) = heap.mutate(|mc| {
        let all = (0..10_u64).map(|n| Gc::new(mc, n));
        all.map(|gc| (mc.root(gc), mc.weak_root(Gc::downgrade(gc, mc)))).unzip()
    });
    assert_different(&heap, &weak);
    for left in [5, 0] {
        roots.truncate(left);
        heap.collect().unwrap();
        heap.mutate(|mc| {
            for (n, weak) in weak.iter().enumerate() {
                assert_eq!(weak.get(mc).is_some(), n < left);
            }
        });
        assert_different(&heap, &weak);
    }
}

/// [9, 10, 11] Parts of an object are different, and each is found again, also far from the object's start.
#[test]
fn parts() {
    const PLACES: [usize; 9] = [0, 1, 2, 8191, 8192, 8193, 16_384, 65_536, 99_999];
    let heap = heap();
    let root: Root<[u64]> = heap.mutate(|mc| mc.root(Gc::from_slice(mc, &vec![7_u64; 100_000])));
    let weak = || -> Vec<WeakRoot<u64>> {
        heap.mutate(|mc| {
            let part = |place: usize| Gc::project(root.get(mc), |words| &words[place]);
            PLACES.map(|place| mc.weak_root(Gc::downgrade(part(place), mc))).into()
        })
    };
    let first = weak();
    for _ in 0..3 {
        heap.collect().unwrap();
        heap.mutate(|mc| {
            for ((first, again), place) in first.iter().zip(weak()).zip(PLACES) {
                assert!(first.weak(mc) == again.weak(mc), "{place}");
                let part = Gc::as_ref(first.get(mc).unwrap());
                assert!(std::ptr::eq(part, &raw const root.get(mc)[place]));
                assert!(Gc::downgrade(first.get(mc).unwrap(), mc) == first.weak(mc));
            }
        });
        assert_different(&heap, &first);
    }
    drop(root);
    heap.collect().unwrap();
    assert_different(&heap, &first);
    heap.mutate(|mc| assert!(first.iter().all(|weak| weak.get(mc).is_none())));
}

/// [33] The handle stays while the target lives, although no weak pointer is left.
#[test]
fn a_handle_without_weak_pointers() {
    let heap = heap();
    let root = heap.mutate(|mc| mc.root(Gc::new(mc, 7_u64)));
    // What is printed is the address of the handle.
    let name = || heap.mutate(|mc| format!("{:?}", Gc::downgrade(root.get(mc), mc)));
    let first = name();
    for _ in 0..3 {
        heap.collect().unwrap();
        // Would take the place of the handle, were it free.
        let _others: Vec<Root<(u64, u64)>> =
            heap.mutate(|mc| (0..100_u64).map(|n| mc.root(Gc::new(mc, (n, n)))).collect());
        assert_eq!(name(), first);
    }
}

/// [14] An object that was revived gets another handle, and that one stays.
#[test]
fn after_a_revival() {
    let (heap, ledger) = (heap(), Ledger::new(1));
    let kept: Arc<Mutex<Option<Root<Canary>>>> = Arc::default();
    let mut all: Vec<WeakRoot<Canary>> = Vec::new();
    let mut root: Root<Canary> = heap.mutate(|mc| mc.root(Gc::new(mc, ledger.canary())));
    for _ in 0..5 {
        heap.mutate(|mc| {
            let new = Gc::downgrade(root.get(mc), mc);
            assert!(all.iter().all(|old| old.get(mc).is_none() && old.weak(mc) != new));
            assert!(Gc::downgrade(root.get(mc), mc) == new);
            all.push(mc.weak_root(new));
            let kept = Arc::clone(&kept);
            let finalizer = move |object: gc::Finalized<_>| *kept.lock().unwrap() = Some(object.into_root());
            mc.set_finalizer(root.get(mc), finalizer).unwrap();
        });
        drop(root);
        heap.collect().unwrap();
        heap.wait_for_pending().unwrap();
        root = kept.lock().unwrap().take().unwrap();
    }
    ledger.assert_all_alive();
}

/// [15] Objects without size are objects: different, and cleared.
#[test]
fn objects_without_size() {
    let heap = heap();
    let (kept, weak): (Root<()>, [WeakRoot<()>; 2]) = heap.mutate(|mc| {
        let both = [Gc::new(mc, ()), Gc::new(mc, ())];
        (mc.root(both[0]), both.map(|gc| mc.weak_root(Gc::downgrade(gc, mc))))
    });
    heap.collect().unwrap();
    heap.mutate(|mc| {
        assert!(Gc::ptr_eq(weak[0].get(mc).unwrap(), kept.get(mc)));
        assert!(weak[1].get(mc).is_none() && weak[0].weak(mc) != weak[1].weak(mc));
    });
}

/// Weak pointers to objects that are dead, kept for long.
type Old<'gc> = GcRefCell<Vec<WeakGc<'gc, u64>>>;

/// [13] A million objects that take the place of others: none is taken for one that was there before.
#[test]
fn slots_that_are_used_again() {
    const OBJECTS: usize = 1000;
    let heap = heap();
    let old = heap.mutate(|mc| mc.root::<Old<'_>>(Gc::new(mc, GcRefCell::new(Vec::new()))));
    let mut addresses = HashSet::new();
    let n = rounds(1000);
    let mut again = 0;
    for round in 0..n {
        heap.mutate(|mc| {
            let old = old.get(mc);
            let mut old = old.borrow_mut(mc);
            let known: HashSet<_> = old.iter().copied().collect();
            assert_eq!(known.len(), old.len(), "the dead are different");
            assert!(old.iter().rev().take(OBJECTS).all(|weak| weak.upgrade(mc).is_none()));
            for number in 0..OBJECTS {
                let gc = Gc::new(mc, number as u64);
                let weak = Gc::downgrade(gc, mc);
                assert!(!known.contains(&weak), "round {round}, object {number}");
                assert!(Gc::ptr_eq(weak.upgrade(mc).unwrap(), gc));
                again += usize::from(!addresses.insert(Gc::as_ptr(gc).addr()));
                if number % 64 == round % 64 {
                    old.push(weak);
                }
            }
        });
        heap.collect().unwrap();
    }
    assert!(again >= (n - 2) * OBJECTS / 2, "slots are used again: {again} of {}", n * OBJECTS);
    heap.mutate(|mc| assert!(old.get(mc).borrow(mc).iter().all(|weak| weak.upgrade(mc).is_none())));
    heap.verify();
}

/// [2] Whoever is first, all get the same; what the others have made is garbage.
#[test]
fn racing_makers_of_the_first() {
    const THREADS: usize = 8;
    watched("racing makers", || {
        let (heap, n) = (heap(), rounds(2000));
        let objects: Vec<Root<u64>> =
            heap.mutate(|mc| (0..n as u64).map(|n| mc.root(Gc::new(mc, n))).collect());
        let start = Barrier::new(THREADS);
        let make = || -> Vec<WeakRoot<u64>> {
            let mut mutator = heap.attach();
            let one = |object: &Root<u64>| {
                start.wait();
                mutator.mutate(|mc| mc.weak_root(Gc::downgrade(object.get(mc), mc)))
            };
            objects.iter().map(one).collect()
        };
        let made: Vec<Vec<WeakRoot<u64>>> = thread::scope(|scope| {
            let threads: Vec<_> = (0..THREADS).map(|_| scope.spawn(make)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        let check = || {
            heap.mutate(|mc| {
                for of_thread in &made {
                    for (one, first) in of_thread.iter().zip(&made[0]) {
                        assert!(one.weak(mc) == first.weak(mc));
                    }
                }
            });
        };
        check();
        assert_eq!(heap.collect().unwrap().live_objects, 2 * n as u64, "one handle for each");
        check();
        heap.mutate(|mc| {
            for (object, weak) in objects.iter().zip(&made[7]) {
                assert!(Gc::ptr_eq(weak.get(mc).unwrap(), object.get(mc)));
            }
        });
        heap.verify();
    });
}
