//! A panic of the program, wherever it comes from, leaves the heap usable, and no canary is dropped twice, never,
//! or without having been written.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use gc::implement::{DropKind, DropWalk, Mask, Tracer};
use gc::{CollectError, Gc, GcOnce, GcRefCell, GcSlice, Heap, Root, Trace};
use tests::canary::{Canary, Ledger};
use tests::panic_of;
use tests::shapes::{self, Node};

/// Asserts that the heap does what a heap does, and that nothing is left alive.
#[track_caller]
fn is_usable_and_ends_empty(heap: &Heap, ledger: &Arc<Ledger>) {
    let root: Root<Canary> = heap.mutate(|mc| mc.root(Gc::new(mc, ledger.canary())));
    heap.collect().unwrap();
    heap.verify();
    heap.mutate(|mc| root.get(mc).id());
    assert_eq!(ledger.alive(), 1, "only what is rooted is alive");
    drop(root);
    heap.collect().unwrap();
    heap.verify();
    ledger.assert_all_dropped();
    assert_eq!(heap.stats().objects(), 0);
}

fn heap() -> Heap {
    tests::on_request().build()
}

#[test]
fn in_a_mutation() {
    let (heap, ledger) = (heap(), Ledger::new(100));
    let text = panic_of(|| {
        heap.mutate(|mc| {
            shapes::ring(mc, &ledger, 10);
            panic!("on purpose")
        })
    });
    assert_eq!(text, "on purpose");
    is_usable_and_ends_empty(&heap, &ledger);
}

#[test]
fn in_nested_mutations_of_two_heaps() {
    let (heap, other, ledger) = (heap(), heap(), Ledger::new(100));
    heap.mutate(|mc| {
        let kept = Gc::new(mc, ledger.canary());
        panic_of(|| {
            heap.mutate(|inner| {
                Gc::new(inner, ledger.canary());
                other.mutate(|mc| {
                    Gc::new(mc, ledger.canary());
                    panic!("on purpose")
                })
            })
        });
        // The outer mutation is open still.
        assert!(matches!(heap.collect(), Err(CollectError::InsideMutation { .. })));
        assert!(matches!(other.collect(), Err(CollectError::InsideMutation { .. })));
        kept.id();
        Gc::new(mc, ledger.canary());
    });
    other.collect().unwrap();
    is_usable_and_ends_empty(&heap, &ledger);
}

#[test]
fn in_an_iterator() {
    let (heap, ledger) = (heap(), Ledger::new(1000));
    for bad in 0..20 {
        panic_of(|| {
            heap.mutate(|mc| {
                Gc::<[Canary]>::from_iter(
                    mc,
                    (0..20).map(|at| if at == bad { panic!("on purpose") } else { ledger.canary() }),
                );
            })
        });
        assert_eq!(ledger.alive(), 0, "items before the panic are dropped at once");
    }
    is_usable_and_ends_empty(&heap, &ledger);
}

/// A canary whose clone panics when its turn comes.
#[derive(Trace)]
struct Bomb {
    canary: Canary,
    left: Arc<AtomicUsize>,
}

impl Clone for Bomb {
    fn clone(&self) -> Self {
        let left = self.left.fetch_sub(1, Ordering::Relaxed);
        assert!(left > 0, "on purpose");
        Self { canary: self.canary.clone(), left: Arc::clone(&self.left) }
    }
}

#[test]
fn in_a_clone_at_each_index() {
    const N: usize = 12;
    let (heap, ledger) = (heap(), Ledger::new(1000));
    let left = Arc::new(AtomicUsize::new(0));
    let bombs: Vec<_> = (0..N).map(|_| Bomb { canary: ledger.canary(), left: Arc::clone(&left) }).collect();
    for index in 0..N {
        left.store(index, Ordering::Relaxed);
        assert_eq!(panic_of(|| heap.mutate(|mc| Gc::from_slice(mc, &bombs).len())), "on purpose");
        assert_eq!(ledger.alive(), N, "clones before the panic are dropped at once");
        heap.collect().unwrap();
        heap.verify();
    }
    left.store(N, Ordering::Relaxed);
    heap.mutate(|mc| assert_eq!(Gc::from_slice(mc, &bombs).len(), N));
    drop(bombs);
    is_usable_and_ends_empty(&heap, &ledger);
}

/// Panics when it is dropped, after its canary has been counted.
#[derive(Trace)]
struct PanicsOnDrop {
    _canary: Canary,
}

impl Drop for PanicsOnDrop {
    fn drop(&mut self) {
        panic!("on purpose, in a destructor");
    }
}

#[test]
fn in_destructors() {
    let (heap, ledger) = (heap(), Ledger::new(1000));
    heap.mutate(|mc| {
        for _ in 0..100 {
            Gc::new(mc, PanicsOnDrop { _canary: ledger.canary() });
            Gc::new(mc, ledger.canary());
        }
    });
    heap.collect().unwrap();
    assert_eq!(heap.stats().destructor_panics, 100);
    is_usable_and_ends_empty(&heap, &ledger);
}

/// What a destructor panics with may have a destructor that panics.
#[derive(Trace)]
struct PanicsTwiceOnDrop;

struct PayloadThatPanics;

impl Drop for PayloadThatPanics {
    fn drop(&mut self) {
        panic!("on purpose, in the destructor of a payload");
    }
}

impl Drop for PanicsTwiceOnDrop {
    fn drop(&mut self) {
        std::panic::panic_any(PayloadThatPanics);
    }
}

#[test]
fn in_the_payload_of_a_destructors_panic() {
    let (heap, ledger) = (heap(), Ledger::new(100));
    heap.mutate(|mc| {
        for _ in 0..10 {
            Gc::new(mc, PanicsTwiceOnDrop);
            Gc::new(mc, ledger.canary());
        }
    });
    heap.collect().unwrap();
    assert_eq!(heap.stats().destructor_panics, 10);
    is_usable_and_ends_empty(&heap, &ledger);
}

#[test]
fn in_destructors_at_the_end_of_the_heap() {
    let (heap, ledger) = (heap(), Ledger::new(1000));
    heap.mutate(|mc| {
        for _ in 0..100 {
            Gc::new(mc, PanicsOnDrop { _canary: ledger.canary() });
            Gc::new(mc, ledger.canary());
        }
        Gc::new(mc, PanicsTwiceOnDrop);
    });
    drop(heap);
    ledger.assert_all_dropped();
}

#[test]
fn in_new_cyclic() {
    #[derive(Trace)]
    struct Me<'gc> {
        _canary: Canary,
        me: Gc<'gc, GcOnce<Me<'gc>>>,
    }
    let (heap, ledger) = (heap(), Ledger::new(10));
    let place: Root<GcOnce<Me<'static>>> = heap.mutate(|mc| {
        let mut place = None;
        panic_of(|| {
            Gc::new_cyclic(mc, |me| {
                place = Some(mc.root(me));
                let _made = Me { _canary: ledger.canary(), me };
                panic!("on purpose")
            })
        });
        place.unwrap()
    });
    heap.collect().unwrap();
    heap.mutate(|mc| {
        let place = place.get(mc);
        assert!(place.get().is_none(), "the place stays empty");
        assert!(place.set(mc, Me { _canary: ledger.canary(), me: place }).is_ok());
        assert!(Gc::ptr_eq(place.get().unwrap().me, place));
    });
    heap.collect().unwrap();
    assert_eq!(ledger.alive(), 1);
    drop(place);
    is_usable_and_ends_empty(&heap, &ledger);
}

#[test]
fn in_get_or_init() {
    let (heap, ledger) = (heap(), Ledger::new(10));
    let once: Root<GcOnce<Canary>> = heap.mutate(|mc| Root::new(mc, Gc::new(mc, GcOnce::new())));
    heap.mutate(|mc| {
        let once = once.get(mc);
        panic_of(|| once.get_or_init(mc, || panic!("on purpose")).id());
        assert!(once.get().is_none());
        let id = once.get_or_init(mc, || ledger.canary()).id();
        assert_eq!(once.get().unwrap().id(), id);
    });
    drop(once);
    is_usable_and_ends_empty(&heap, &ledger);
}

#[test]
fn under_a_borrow() {
    let (heap, ledger) = (heap(), Ledger::new(10));
    let cell: Root<GcRefCell<Vec<Canary>>> =
        heap.mutate(|mc| Root::new(mc, Gc::new(mc, GcRefCell::new(vec![]))));
    panic_of(|| {
        heap.mutate(|mc| {
            let cell = cell.get(mc);
            let mut all = cell.borrow_mut(mc);
            all.push(ledger.canary());
            panic!("on purpose")
        })
    });
    heap.mutate(|mc| cell.get(mc).borrow_mut(mc).push(ledger.canary()));
    heap.mutate(|mc| assert_eq!(cell.get(mc).borrow(mc).len(), 2));
    drop(cell);
    is_usable_and_ends_empty(&heap, &ledger);
}

/// Whose `trace` panics while it is told to.
struct Restless<'gc> {
    fails: Arc<AtomicBool>,
    next: Gc<'gc, Node<'gc>>,
    _canary: Canary,
}

// SAFETY: duties 1 to 5 are kept: one edge, reported by `trace`. Duty 6 is broken: that is what is tested.
unsafe impl<'gc> Trace<'gc> for Restless<'gc> {
    const MASK: Mask = Mask::EMPTY;
    const TAIL: bool = true;
    const LEAF: bool = false;
    fn trace(&self, tracer: &mut Tracer) {
        assert!(!self.fails.load(Ordering::Relaxed), "on purpose, in trace");
        self.next.trace(tracer);
    }
    fn trace_tail(&self, tracer: &mut Tracer) {
        self.trace(tracer);
    }
    fn drop_kind(_: &mut DropWalk) -> DropKind {
        DropKind::User
    }
}

// SAFETY: only the brand changes.
unsafe impl gc::Rebrand for Restless<'_> {
    type Static = Restless<'static>;
    type At<'a> = Restless<'a>;
}

#[test]
fn in_trace() {
    let (heap, ledger) = (heap(), Ledger::new(200));
    let fails = Arc::new(AtomicBool::new(true));
    let root: Root<Restless<'static>> = heap.mutate(|mc| {
        shapes::ring(mc, &ledger, 20);
        let next = shapes::ring(mc, &ledger, 20);
        mc.root(Gc::new(mc, Restless { fails: Arc::clone(&fails), next, _canary: ledger.canary() }))
    });
    for _ in 0..3 {
        assert_eq!(heap.collect(), Err(CollectError::TracePanicked));
        heap.verify();
        ledger.assert_all_alive();
        // Slots that were free are used, those of unreachable objects are not.
        heap.mutate(|mc| shapes::ring(mc, &ledger, 10).edges(mc)[0].canary.id());
    }
    assert!(CollectError::TracePanicked.to_string().contains("nothing was freed"));
    fails.store(false, Ordering::Relaxed);
    assert_eq!(heap.collect().unwrap().live_objects, 21);
    assert_eq!(ledger.alive(), 21);
    heap.mutate(|mc| {
        let ring = shapes::Shape::of(mc, root.get(mc).next);
        assert_eq!((ring.nodes, ring.edges), (20, 20));
    });
    drop(root);
    is_usable_and_ends_empty(&heap, &ledger);
}

/// The iterator of a slice may use the heap, in the very class of the slice's own items.
#[test]
fn an_iterator_that_allocates() {
    let (heap, ledger) = (heap(), Ledger::new(1000));
    let root: Root<[Gc<'static, Canary>]> = heap.mutate(|mc| {
        let items = (0..100).map(|at| {
            let inner = Gc::from_iter(mc, (0..at % 5).map(|_| Gc::new(mc, ledger.canary())));
            inner.first().copied().unwrap_or_else(|| Gc::new(mc, ledger.canary()))
        });
        mc.root(Gc::from_iter(mc, items))
    });
    heap.collect().unwrap();
    assert_eq!(ledger.alive(), 100);
    heap.mutate(|mc| root.get(mc).iter().for_each(|canary| assert!(ledger.is_alive(canary.id()))));
    drop(root);
    is_usable_and_ends_empty(&heap, &ledger);
}

/// An iterator with a wrong `size_hint`.
struct Liar<I>(I, (usize, Option<usize>));

impl<I: Iterator> Iterator for Liar<I> {
    type Item = I::Item;
    fn next(&mut self) -> Option<I::Item> {
        self.0.next()
    }
    fn size_hint(&self) -> (usize, Option<usize>) {
        self.1
    }
}

#[test]
fn an_iterator_that_lies_about_its_length() {
    let (heap, ledger) = (heap(), Ledger::new(1000));
    // The last one of more items than there are addresses.
    let hints =
        [(0, Some(0)), (0, Some(3)), (1, Some(1)), (100_000, Some(5)), (1 << 45, None), (usize::MAX, None)];
    for hint in hints {
        let root: Root<[Canary]> = heap.mutate(|mc| {
            let items = Liar((0..50).map(|_| ledger.canary()), hint);
            mc.root(Gc::from_iter(mc, items))
        });
        heap.collect().unwrap();
        assert_eq!((heap.mutate(|mc| root.get(mc).len()), ledger.alive()), (50, 50));
        drop(root);
        heap.collect().unwrap();
        assert_eq!(ledger.alive(), 0);
    }
    is_usable_and_ends_empty(&heap, &ledger);
}

/// Items without drop glue are written where they stay, as many as the iterator says there are.
#[test]
fn an_iterator_of_plain_items_that_lies_about_its_length() {
    let heap = heap();
    for n in [0, 1, 49, 50, 51, 100_000, 1 << 45, usize::MAX] {
        let root: Root<[Gc<'static, usize>]> = heap.mutate(|mc| {
            // In between it makes objects.
            let items = Liar((0_usize..50).map(|n| Gc::new(mc, n)), (n, Some(n)));
            mc.root(Gc::from_iter(mc, items))
        });
        heap.collect().unwrap();
        heap.verify();
        heap.mutate(|mc| assert!(root.get(mc).iter().map(|number| **number).eq(0..50), "hint {n}"));
        assert_eq!(heap.stats().objects(), 51, "hint {n}");
        drop(root);
        heap.collect().unwrap();
        assert_eq!(heap.stats().objects(), 0, "hint {n}");
    }
}

/// Ends, and goes on.
#[derive(Default)]
struct GoesOn(u32);

impl Iterator for GoesOn {
    type Item = u32;
    fn next(&mut self) -> Option<u32> {
        self.0 += 1;
        (!self.0.is_multiple_of(4)).then_some(self.0)
    }
}

#[test]
fn an_iterator_that_goes_on_after_its_end() {
    heap().mutate(|mc| {
        for hint in [(0, None), (3, Some(3)), (2, Some(2)), (5, Some(5))] {
            assert_eq!(*GcSlice::from_iter(mc, Liar(GoesOn::default(), hint)), [1, 2, 3]);
        }
    });
}

#[test]
fn an_iterator_of_plain_items_that_panics() {
    let (heap, ledger) = (heap(), Ledger::new(100));
    heap.mutate(|mc| {
        for at in [0, 1, 30, 49] {
            let panics_at = |n: u64| if n == at { panic!("on purpose") } else { Gc::new(mc, n) };
            let text = panic_of(|| _ = GcSlice::from_iter(mc, (0..50).map(panics_at)));
            assert_eq!(text, "on purpose");
        }
    });
    is_usable_and_ends_empty(&heap, &ledger);
}

/// A destructor may use the heap, in the class of its own object, while that object and its neighbours still
/// have their slots.
#[derive(Trace)]
struct Replaces {
    heap: gc::WeakHeap,
    canary: Canary,
    left: usize,
}

impl Drop for Replaces {
    fn drop(&mut self) {
        let Some(heap) = self.heap.upgrade().filter(|_| self.left > 0) else { return };
        let (canary, left) = (self.canary.clone(), self.left - 1);
        heap.mutate(|mc| Gc::new(mc, Self { heap: heap.downgrade(), canary, left }).canary.id());
    }
}

#[test]
fn none_though_destructors_allocate_in_their_own_class() {
    const N: usize = 100;
    let (heap, ledger) = (heap(), Ledger::new(1 + 6 * N));
    heap.mutate(|mc| {
        for _ in 0..N {
            Gc::new(mc, Replaces { heap: heap.downgrade(), canary: ledger.canary(), left: 5 });
        }
    });
    for generation in 2..=7 {
        heap.collect().unwrap();
        heap.verify();
        if cfg!(gc_zeal) {
            // Generations follow each other as they like.
            continue;
        }
        assert_eq!(ledger.made(), N * generation.min(6));
        assert_eq!(ledger.alive(), if generation == 7 { 0 } else { N });
    }
    is_usable_and_ends_empty(&heap, &ledger);
}

#[test]
fn none_though_the_heap_ends_while_slots_wait_for_a_sweep() {
    let (heap, ledger) = (heap(), Ledger::new(1000));
    heap.mutate(|mc| {
        for _ in 0..100 {
            Gc::new(mc, Replaces { heap: heap.downgrade(), canary: ledger.canary(), left: 1 });
        }
    });
    heap.collect().unwrap();
    drop(heap);
    ledger.assert_all_dropped();
}

/// An element whose `clone` makes slices of its own kind, and panics when it is the last one.
#[derive(Trace)]
struct Busy {
    canary: Canary,
    #[trace(static)]
    ledger: Arc<Ledger>,
    #[trace(static)]
    heap: Heap,
    makes: usize,
    panics: bool,
}

impl Busy {
    fn calm(&self) -> Self {
        let (ledger, heap) = (Arc::clone(&self.ledger), self.heap.clone());
        Self { canary: ledger.canary(), ledger, heap, makes: 0, panics: false }
    }
}

impl Clone for Busy {
    fn clone(&self) -> Self {
        self.canary.id();
        for _ in 0..self.makes {
            self.heap.mutate(|mc| {
                Gc::from_iter(mc, [self.calm(), self.calm(), self.calm()]);
            });
        }
        assert!(!self.panics, "on purpose");
        self.calm()
    }
}

/// The free slots that the thread has run out while a slice of clones is made.
#[test]
fn in_a_clone_that_allocates() {
    let (heap, ledger) = (heap(), Ledger::new(20_000));
    let busy = |makes, panics| Busy {
        canary: ledger.canary(),
        ledger: Arc::clone(&ledger),
        heap: heap.clone(),
        makes,
        panics,
    };
    for round in 0..8 {
        let items = [busy(0, false), busy(40 * round, false), busy(40 * round, true)];
        let before = ledger.alive();
        let text = panic_of(|| {
            heap.mutate(|mc| {
                Gc::from_slice(mc, &items);
            })
        });
        assert_eq!(text, "on purpose");
        assert_eq!(ledger.alive() - before, 6 * 40 * round, "the clones are dropped at once");
        drop(items);
        // What has been made since stays whole.
        let three = || [busy(0, false), busy(0, false), busy(0, false)];
        let kept: Root<[Busy]> = heap.mutate(|mc| mc.root(Gc::from_iter(mc, three())));
        heap.collect().unwrap();
        heap.verify();
        heap.mutate(|mc| {
            for _ in 0..200 {
                Gc::from_iter(mc, three());
            }
            kept.get(mc).iter().for_each(|one| {
                one.canary.id();
            });
        });
        heap.collect().unwrap();
        heap.mutate(|mc| {
            kept.get(mc).iter().for_each(|one| {
                one.canary.id();
            });
        });
    }
    heap.collect().unwrap();
    is_usable_and_ends_empty(&heap, &ledger);
}
