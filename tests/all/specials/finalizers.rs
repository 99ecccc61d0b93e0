//! Finalizers: in which cycle they are due, what they keep, what they may do with their object.

use std::sync::{Arc, Mutex};

use gc::{Gc, GcCell, GcRefCell, Heap, Mutation, Root, Trace, WeakGc, WeakRoot};
use tests::canary::{Canary, Ledger};

use super::bench::Bench;

/// A part of a chain, or of a ring.
#[derive(Trace)]
struct Link<'gc> {
    canary: Canary,
    next: GcCell<Option<Gc<'gc, Link<'gc>>>>,
}

impl<'gc> Link<'gc> {
    fn new(mc: &Mutation<'gc>, ledger: &Arc<Ledger>, next: Option<Gc<'gc, Self>>) -> Gc<'gc, Self> {
        Gc::new(mc, Link { canary: ledger.canary(), next: GcCell::new(next) })
    }
}

/// The chain from `from` on, by the canaries.
fn ids<'gc>(from: Gc<'gc, Link<'gc>>) -> Vec<usize> {
    std::iter::successors(Some(from), |link| link.next.get()).map(|link| link.canary.id()).collect()
}

fn heap() -> Heap {
    Heap::builder().run_by_hand(true).automatic(false).build()
}

/// A cycle, and the callbacks that it has made due.
fn cycle(heap: &Heap) -> u64 {
    heap.collect().unwrap();
    heap.verify();
    heap.run_pending().unwrap()
}

/// [63, 244] Each refers to the next: one is due in each cycle, in order, and finds all that follow.
#[test]
fn a_chain() {
    const LENGTH: usize = 7;
    let (heap, ledger, due) = (heap(), Ledger::new(LENGTH), Arc::new(Mutex::new(Vec::new())));
    heap.mutate(|mc| {
        let mut next = None;
        for _ in 0..LENGTH {
            let link = Link::new(mc, &ledger, next);
            let due = Arc::clone(&due);
            mc.set_finalizer_in(link, move |_, link| due.lock().unwrap().push(ids(link))).unwrap();
            next = Some(link);
        }
    });
    for first in (0..LENGTH).rev() {
        assert_eq!(
            cycle(&heap),
            1 + u64::from(first < LENGTH - 1),
            "a finalizer, and the last one's destructor"
        );
        let following: Vec<_> = (0..=first).rev().collect();
        assert_eq!(due.lock().unwrap().drain(..).collect::<Vec<_>>(), [following]);
        assert_eq!(ledger.alive(), first + 1, "its object lives until the next cycle");
    }
    assert_eq!(cycle(&heap), 1);
    ledger.assert_all_dropped();
}

/// [241] What a finalized object refers to is not found dead with it: its weak pointers go on.
#[test]
fn what_a_finalized_object_refers_to() {
    let (heap, ledger) = (heap(), Ledger::new(2));
    let [outer, inner]: [WeakRoot<Link<'static>>; 2] = heap.mutate(|mc| {
        let inner = Link::new(mc, &ledger, None);
        let outer = Link::new(mc, &ledger, Some(inner));
        let weak = [outer, inner].map(|link| mc.weak_root(Gc::downgrade(link, mc)));
        let of_finalizer = weak.clone();
        let finalizer = move |object: gc::Finalized<Link<'static>>| {
            object.mutate(|mc, link| {
                assert!(of_finalizer[0].get(mc).is_none());
                assert!(Gc::ptr_eq(of_finalizer[1].get(mc).unwrap(), link.next.get().unwrap()));
            });
        };
        mc.set_finalizer(outer, finalizer).unwrap();
        weak
    });
    let upgrade = || heap.mutate(|mc| [&outer, &inner].map(|weak| weak.get(mc).is_some()));
    heap.collect().unwrap();
    assert_eq!(upgrade(), [false, true], "due");
    assert_eq!(heap.run_pending(), Ok(1));
    assert_eq!(upgrade(), [false, true], "run");
    assert_eq!(heap.stats().finalizer_panics, 0);
    assert_eq!(cycle(&heap), 2, "two destructors");
    assert_eq!(upgrade(), [false, false]);
    ledger.assert_all_dropped();
}

/// [242] What a finalizer or a cleanup owns is kept until it has run.
#[test]
fn what_callbacks_own() {
    let (heap, ledger) = (heap(), Ledger::new(4));
    heap.mutate(|mc| {
        let [target, finalized, other] = [(); 3].map(|()| Gc::new(mc, ledger.canary()));
        let of_finalizer: Root<Canary> = mc.root(target);
        mc.set_finalizer(finalized, move |_| drop(of_finalizer)).unwrap();
        let of_cleanup: Root<Canary> = mc.root(Gc::new(mc, ledger.canary()));
        mc.add_cleanup(other, of_cleanup, drop);
    });
    heap.collect().unwrap();
    ledger.assert_all_alive();
    assert_eq!(heap.run_pending(), Ok(3), "a destructor, the finalizer, the cleanup");
    assert_eq!(ledger.alive(), 3);
    assert_eq!(cycle(&heap), 3);
    ledger.assert_all_dropped();
}

/// [66, 243] What is due is a root: however many cycles pass before it runs, it finds its object.
#[test]
fn many_cycles_before_it_runs() {
    let (heap, ledger) = (heap(), Ledger::new(2));
    heap.mutate(|mc| {
        let link = Link::new(mc, &ledger, Some(Link::new(mc, &ledger, None)));
        mc.set_finalizer_in(link, |_, link| assert_eq!(ids(link), [1, 0])).unwrap();
    });
    for _ in 0..5 {
        heap.collect().unwrap();
        heap.verify();
        ledger.assert_all_alive();
    }
    assert_eq!(heap.stats().finalizers_queued, 1);
    assert_eq!(heap.run_pending(), Ok(1));
    assert_eq!(heap.stats().finalizer_panics, 0);
    assert_eq!(cycle(&heap), 2);
    ledger.assert_all_dropped();
}

/// [59, 245] A finalizer that is not due can be cleared, one that is due cannot.
#[test]
fn cleared() {
    let bench = Bench::new();
    let weak = {
        let mut weak = None;
        bench.object(|mc, gc| {
            bench.finalizer(mc, gc, "first");
            assert!(mc.clear_finalizer(gc) && !mc.clear_finalizer(gc));
            bench.finalizer(mc, gc, "second");
            weak = Some(Bench::weak(mc, gc));
        });
        weak.unwrap()
    };
    assert!(bench.is_upgradable(&weak));
    bench.heap.collect().unwrap();
    let kept: Arc<Mutex<Option<Root<Canary>>>> = Arc::default();
    bench.object(|mc, gc| {
        let kept = Arc::clone(&kept);
        mc.set_finalizer(gc, move |object| *kept.lock().unwrap() = Some(object.into_root())).unwrap();
    });
    assert_eq!(bench.cycle(), ["second"]);
    bench.heap.mutate(|mc| {
        let revived = kept.lock().unwrap().take().unwrap();
        assert!(!mc.clear_finalizer(revived.get(mc)), "it is spent");
    });
}

/// [40, 59] The second one is given back, and the first stays.
#[test]
fn a_second_one_is_given_back() {
    let bench = Bench::new();
    bench.object(|mc, gc| {
        bench.finalizer(mc, gc, "first");
        let error = mc
            .set_finalizer(gc, {
                let says = bench.says("second");
                |_| says()
            })
            .unwrap_err();
        assert!(error.to_string().contains("clear_finalizer"));
        mc.clear_finalizer(gc);
        mc.set_finalizer(gc, error.into_finalizer()).unwrap();
    });
    assert_eq!(bench.cycle(), ["second"]);
}

/// [53, 73] An object that its finalizer stores lives on, with all that it reaches; the finalizer is spent.
#[test]
fn stored_in_another_object() {
    type Store<'gc> = GcRefCell<Vec<Gc<'gc, Link<'gc>>>>;
    const LENGTH: usize = 20;
    let (heap, ledger) = (heap(), Ledger::new(LENGTH));
    let store = heap.mutate(|mc| mc.root::<Store<'_>>(Gc::new(mc, GcRefCell::new(Vec::new()))));
    heap.mutate(|mc| {
        let mut next = None;
        for _ in 0..LENGTH {
            next = Some(Link::new(mc, &ledger, next));
        }
        let store = store.clone();
        mc.set_finalizer_in(next.unwrap(), move |mc, link| store.get(mc).borrow_mut(mc).push(link)).unwrap();
    });
    assert_eq!(cycle(&heap), 1);
    let all: Vec<_> = (0..LENGTH).rev().collect();
    for _ in 0..3 {
        assert_eq!(cycle(&heap), 0);
        heap.mutate(|mc| assert_eq!(ids(store.get(mc).borrow(mc)[0]), all));
        ledger.assert_all_alive();
    }
    heap.mutate(|mc| store.get(mc).borrow_mut(mc).clear());
    assert_eq!(cycle(&heap), LENGTH as u64, "the destructors, and no finalizer");
    ledger.assert_all_dropped();
}

/// [61, 223] A ring with a finalizer is never freed, and told of; without it, and with cleanups only, it is freed.
#[test]
fn rings() {
    let (heap, ledger) = (heap(), Ledger::new(3));
    let weak: WeakRoot<Link<'static>> = heap.mutate(|mc| {
        let last = Link::new(mc, &ledger, None);
        let middle = Link::new(mc, &ledger, Some(last));
        let first = Link::new(mc, &ledger, Some(middle));
        last.next.set(mc, Some(first));
        mc.set_finalizer(middle, |_| panic!("never due")).unwrap();
        for link in [first, middle, last] {
            mc.add_cleanup(link, (), |()| ());
        }
        // Seen from outside, and no part of the ring.
        mc.set_finalizer(Link::new(mc, &ledger_of_others(), Some(first)), |_| ()).unwrap();
        mc.weak_root(Gc::downgrade(middle, mc))
    });
    for _ in 0..3 {
        heap.collect().unwrap();
        ledger.assert_all_alive();
    }
    let cycles = heap.finalizer_cycles().unwrap();
    heap.mutate(|mc| {
        let middle = weak.get(mc).expect("never cleared");
        let following = std::iter::successors(middle.next.get(), |link| link.next.get());
        let ring: Vec<_> = std::iter::once(middle).chain(following.take(2)).collect();
        let addresses: Vec<_> = ring.iter().map(|&link| Gc::as_ptr(link).addr()).collect();
        assert_eq!(cycles.len(), 1);
        let told: Vec<_> = cycles[0].objects.iter().map(|object| object.address).collect();
        assert_eq!(told, addresses);
        assert!(cycles[0].objects.iter().all(|object| object.type_name.contains("Link")), "{}", cycles[0]);
        assert!(mc.clear_finalizer(middle));
    });
    assert_eq!(heap.finalizer_cycles(), Ok(Vec::new()));
    heap.run_pending().unwrap();
    cycle(&heap);
    ledger.assert_all_dropped();
    assert_eq!(heap.stats().cleanups_run, 3);
}

fn ledger_of_others() -> Arc<Ledger> {
    Ledger::new(1)
}

/// [223] Also of an object that refers to itself, by a part of another type; not of one that is only shared.
#[test]
fn an_object_that_refers_to_itself() {
    #[derive(Trace)]
    struct Own<'gc> {
        part: u64,
        own: GcCell<Option<Gc<'gc, u64>>>,
    }
    /// Of the same contents, and known to the heap before.
    #[derive(Trace)]
    struct Twin<'gc>(u64, GcCell<Option<Gc<'gc, u64>>>);

    let heap = heap();
    let _root: Root<Own<'static>> = heap.mutate(|mc| {
        Gc::new(mc, Twin(6, GcCell::new(None)));
        let own = Gc::new(mc, Own { part: 7, own: GcCell::new(None) });
        mc.set_finalizer(own, |_| ()).unwrap();
        own.own.set(mc, Some(Gc::project(own, |own| &own.part)));
        let other = Gc::new(mc, Own { part: 8, own: GcCell::new(Some(Gc::new(mc, 9))) });
        mc.set_finalizer(other, |_| ()).unwrap();
        mc.root(own)
    });
    let told = heap.finalizer_cycles().unwrap();
    assert_eq!((told.len(), told[0].objects.len()), (1, 1));
    assert!(told[0].to_string().contains("Own"), "by the type that the finalizer was set at: {}", told[0]);
    assert!(matches!(heap.mutate(|_| heap.finalizer_cycles()), Err(gc::CollectError::InsideMutation { .. })));
}

/// [74, 75] A part that does not lie at the start of its object gets the pointer that it was set with.
#[test]
fn parts() {
    let (heap, parts) = (heap(), Arc::new(Mutex::new(Vec::new())));
    heap.mutate(|mc| {
        let words = Gc::from_slice(mc, &[1_u64, 2, 3, 4]);
        for (from, to) in [(1, 3), (2, 4), (3, 3)] {
            let parts = Arc::clone(&parts);
            let part = Gc::project(words, |words| &words[from..to]);
            mc.set_finalizer_in(part, move |_, part| parts.lock().unwrap().push(part.to_vec())).unwrap();
        }
        let text = Gc::project(Gc::str(mc, "half a text"), |text| &text[7..]);
        mc.set_finalizer_in(text, |_, text| assert_eq!(&*text, "text")).unwrap();
    });
    assert_eq!(cycle(&heap), 4);
    let mut parts = parts.lock().unwrap();
    parts.sort_unstable();
    assert_eq!(*parts, [vec![], vec![2, 3], vec![3, 4]]);
    assert_eq!(heap.stats().finalizer_panics, 0);
}

/// [72] The end of a heap runs no finalizer and no cleanup; it drops them, and its objects.
#[test]
fn the_end_of_a_heap() {
    let bench = Bench::new();
    let owned = Arc::new(());
    let mut kept: Option<Root<Canary>> = None;
    for due in [false, true] {
        bench.object(|mc, gc| {
            let owned = Arc::clone(&owned);
            mc.set_finalizer(gc, move |_| drop(owned)).unwrap();
            bench.cleanup(mc, gc, "cleanup");
            if !due {
                kept = Some(mc.root(gc));
            }
        });
    }
    bench.heap.collect().unwrap();
    assert_eq!(bench.heap.stats().finalizers_queued, 1);
    let Bench { heap, ledger, log } = bench;
    drop(heap);
    ledger.assert_all_dropped();
    assert_eq!(Arc::strong_count(&owned), 1);
    assert!(log.lock().unwrap().is_empty() && kept.is_some());
}

/// Weak pointer and finalizer of one object, in either order; and both again, in the finalizer.
#[test]
fn weak_pointers_and_finalizers_in_either_order() {
    for weak_first in [false, true] {
        let (heap, ledger) = (heap(), Ledger::new(1));
        let ran = Arc::new(Mutex::new(0));
        let weak: WeakRoot<Canary> = heap.mutate(|mc| {
            let gc = Gc::new(mc, ledger.canary());
            let first = weak_first.then(|| Gc::downgrade(gc, mc));
            let ran = Arc::clone(&ran);
            mc.set_finalizer_in(gc, move |mc, gc| {
                let again: WeakGc<'_, Canary> = Gc::downgrade(gc, mc);
                assert!(Gc::ptr_eq(again.upgrade(mc).unwrap(), gc));
                let ran = Arc::clone(&ran);
                mc.set_finalizer_in(gc, move |_, gc| *ran.lock().unwrap() += 1 + gc.id()).unwrap();
            })
            .unwrap();
            mc.weak_root(first.unwrap_or_else(|| Gc::downgrade(gc, mc)))
        });
        for run in [0, 1] {
            assert_eq!((cycle(&heap), *ran.lock().unwrap()), (1, run));
            heap.mutate(|mc| assert!(weak.get(mc).is_none()));
            ledger.assert_all_alive();
        }
        assert_eq!(cycle(&heap), 1);
        ledger.assert_all_dropped();
        assert_eq!(heap.stats().finalizer_panics, 0);
    }
}

/// [250] A finalizer upgrades what it likes: its own object is gone, others that are due with it are, too, and what lives is
/// found.
#[test]
fn upgrades_in_finalizers() {
    let (heap, ledger) = (heap(), Ledger::new(3));
    let [first, second, living] = heap.mutate(|mc| [(); 3].map(|()| mc.root(Gc::new(mc, ledger.canary()))));
    let found = Arc::new(Mutex::new(Vec::new()));
    heap.mutate(|mc| {
        let weak = [&first, &second, &living].map(|root| mc.weak_root(Gc::downgrade(root.get(mc), mc)));
        for root in [&first, &second] {
            let (weak, found) = (weak.clone(), Arc::clone(&found));
            let look = move |mc: &Mutation<'_>| {
                found.lock().unwrap().push([0, 1, 2].map(|n: usize| weak[n].get(mc).is_some()));
            };
            mc.set_finalizer_in(root.get(mc), move |mc, _| look(mc)).unwrap();
        }
    });
    drop((first, second));
    assert_eq!(cycle(&heap), 2);
    assert_eq!(*found.lock().unwrap(), [[false, false, true]; 2]);
    drop(living);
}

/// [38] Records lie outside of the heap: they take no objects, and no bytes of its pages.
#[test]
fn records_are_no_objects() {
    let heap = heap();
    let root = heap.mutate(|mc| mc.root(Gc::new(mc, [7_u64; 4])));
    let taken = || {
        let stats = heap.stats();
        (stats.objects_allocated, stats.bytes_allocated, stats.bytes_in_use)
    };
    let before = taken();
    heap.mutate(|mc| {
        mc.set_finalizer(root.get(mc), |_| ()).unwrap();
        (0..1000).for_each(|n| _ = mc.add_cleanup(root.get(mc), n, drop));
        (0..1000).for_each(|_| drop(mc.pin(root.get(mc))));
    });
    assert_eq!(taken(), before);
}
