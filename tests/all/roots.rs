//! Roots keep what they point to, from anywhere, and nothing else; they outlive everything.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use gc::{DynTrace, Gc, GcCell, Heap, Root, Trace, dyn_trace};
use tests::canary::{Canary, Ledger};
use tests::shapes::{self, Node, Shape};
use tests::watchdog::watched;
use tests::{panic_of, panic_place, rounds};

fn heap() -> Heap {
    tests::on_request().build()
}

fn canary(heap: &Heap, ledger: &Arc<Ledger>) -> Root<Canary> {
    heap.mutate(|mc| mc.root(Gc::new(mc, ledger.canary())))
}

#[test]
fn the_last_clone_lets_go() {
    let (heap, ledger) = (heap(), Ledger::new(1));
    let first = canary(&heap, &ledger);
    let clones: Vec<_> = (0..10).map(|_| first.clone()).collect();
    assert_eq!(heap.stats().roots, 1, "clones share a slot");
    drop(first);
    for clone in clones {
        heap.collect().unwrap();
        ledger.assert_all_alive();
        heap.mutate(|mc| assert_eq!(clone.get(mc).id(), 0));
    }
    heap.collect().unwrap();
    ledger.assert_all_dropped();
    assert_eq!(heap.stats().roots, 0);
}

#[test]
fn several_roots_of_one_object() {
    let (heap, ledger) = (heap(), Ledger::new(1));
    let (a, b): (Root<Canary>, Root<Canary>) = heap.mutate(|mc| {
        let canary = Gc::new(mc, ledger.canary());
        (mc.root(canary), mc.root(canary))
    });
    drop(a);
    heap.collect().unwrap();
    ledger.assert_all_alive();
    drop(b);
    heap.collect().unwrap();
    ledger.assert_all_dropped();
}

/// What a root is set to is kept from then on, and what it kept before is not, unless a clone does.
#[test]
fn a_root_is_set_to_another_object() {
    let (heap, ledger) = (heap(), Ledger::new(4));
    let set = |root: &mut Root<Canary>| heap.mutate(|mc| root.set(mc, Gc::new(mc, ledger.canary())));
    let id = |root: &Root<Canary>| heap.mutate(|mc| root.get(mc).id());
    let mut root = canary(&heap, &ledger);
    set(&mut root);
    heap.collect().unwrap();
    assert_eq!((id(&root), ledger.dropped(), heap.stats().roots), (1, 1, 1));
    let clone = root.clone();
    set(&mut root);
    heap.collect().unwrap();
    assert_eq!((id(&clone), id(&root), ledger.dropped(), heap.stats().roots), (1, 2, 1, 2));
    // The last root of its slot again.
    drop(clone);
    set(&mut root);
    heap.collect().unwrap();
    assert_eq!((id(&root), ledger.dropped(), heap.stats().roots), (3, 3, 1));
    drop(root);
    heap.collect().unwrap();
    ledger.assert_all_dropped();
    assert_eq!(heap.stats().roots, 0);
}

#[test]
fn a_root_is_set_to_a_slice_of_another_length() {
    let heap = heap();
    let mut root: Root<[u64]> = heap.mutate(|mc| mc.root(Gc::from_slice(mc, &[1_u64, 2, 3])));
    heap.mutate(|mc| root.set(mc, Gc::project(root.get(mc), |all| &all[1..])));
    heap.collect().unwrap();
    heap.mutate(|mc| assert_eq!(*root.get(mc), [2, 3]));
    heap.mutate(|mc| root.set(mc, Gc::from_slice(mc, &[4; 100])));
    heap.collect().unwrap();
    heap.mutate(|mc| assert_eq!(*root.get(mc), [4; 100]));
}

/// A list whose end alone is rooted moves on while cycles are under way: what the root kept last is kept by the next.
#[test]
fn a_root_is_set_while_cycles_run() {
    let (heap, n) = (Heap::builder().min_heap_bytes(1).build(), rounds(2000));
    let ledger = Ledger::new(n);
    let mut last: Root<Link<'static>> =
        heap.mutate(|mc| mc.root(Gc::new(mc, Link { canary: ledger.canary(), before: GcCell::new(None) })));
    for _ in 1..n {
        heap.mutate(|mc| {
            let before = GcCell::new(Some(last.get(mc)));
            last.set(mc, Gc::new(mc, Link { canary: ledger.canary(), before }));
        });
    }
    // And back again: what is cut off is reached by the root alone.
    for id in (0..n).rev() {
        heap.mutate(|mc| {
            let link = last.get(mc);
            assert_eq!(link.canary.id(), id);
            if let Some(before) = link.before.get() {
                link.before.set(mc, None);
                last.set(mc, before);
            }
        });
    }
    drop(last);
    heap.collect().unwrap();
    ledger.assert_all_dropped();
}

#[derive(Trace)]
struct Link<'gc> {
    canary: Canary,
    before: GcCell<Option<Gc<'gc, Link<'gc>>>>,
}

#[test]
fn a_million_roots() {
    let n = 1_000_000;
    let (heap, ledger) = (heap(), Ledger::new(n));
    let mut roots: Vec<Root<Canary>> =
        heap.mutate(|mc| (0..n).map(|_| mc.root(Gc::new(mc, ledger.canary()))).collect());
    assert_eq!(heap.stats().roots, n);
    assert_eq!(heap.collect().unwrap().live_objects, n as u64);
    let mut at = 0;
    roots.retain(|_| {
        at += 1;
        at % 3 == 0
    });
    heap.collect().unwrap();
    assert_eq!(ledger.alive(), n / 3);
    heap.mutate(|mc| assert!(roots.iter().all(|root| root.get(mc).id() % 3 == 2)));
    drop(roots);
    heap.collect().unwrap();
    ledger.assert_all_dropped();
    assert_eq!(heap.stats().roots, 0);
}

#[test]
fn other_threads_clone_and_drop_roots_while_the_heap_collects() {
    watched("roots of other threads", || {
        let (heap, ledger) = (heap(), Ledger::new(64));
        let roots: Vec<_> = (0..64).map(|_| canary(&heap, &ledger)).collect();
        let done = AtomicBool::new(false);
        thread::scope(|scope| {
            for part in roots.chunks(16) {
                let (heap, done) = (&heap, &done);
                let mut mine: Vec<_> = part.to_vec();
                scope.spawn(move || {
                    while !done.load(Ordering::Relaxed) {
                        // Each root goes through a clone whose first is dropped, always one at a time.
                        mine = mine
                            .into_iter()
                            .map(|root| {
                                let clone = root.clone();
                                drop(root);
                                clone
                            })
                            .collect();
                    }
                    heap.mutate(|mc| mine.iter().for_each(|root| assert!(root.get(mc).id() < 64)));
                });
            }
            drop(roots.clone());
            for _ in 0..rounds(2_000) {
                heap.collect().unwrap();
                ledger.assert_all_alive();
            }
            done.store(true, Ordering::Relaxed);
        });
        thread::spawn(move || drop(roots)).join().unwrap();
        heap.collect().unwrap();
        ledger.assert_all_dropped();
    });
}

#[test]
fn roots_outlive_their_heap() {
    let (heap, ledger) = (Heap::builder().name("short-lived").build(), Ledger::new(100));
    let roots: Vec<_> = (0..100).map(|_| canary(&heap, &ledger)).collect();
    drop(heap);
    ledger.assert_all_dropped();
    let clones = roots.clone();
    assert!(format!("{:?}", clones[0]).contains("short-lived"));
    thread::spawn(move || drop(roots)).join().unwrap();
    drop(clones);
}

#[test]
fn another_heap_is_refused_by_name() {
    let (ours, theirs) = (Heap::builder().name("ours").build(), tests::on_request().name("theirs").build());
    let ledger = Ledger::new(1);
    let root = canary(&ours, &ledger);
    let names = |text: String| assert!(text.contains("\"ours\"") && text.contains("\"theirs\""), "{text}");

    names(panic_of(|| theirs.mutate(|mc| root.get(mc).id())));
    names(panic_of(|| theirs.attach().mutate(|mc| root.get(mc).id())));
    names(panic_of(|| ours.mutate(|_| theirs.mutate(|mc| root.get(mc).id()))));
    names(panic_of(|| {
        theirs.mutate_loop(root.clone(), |_, canary| std::ops::ControlFlow::<usize, _>::Break(canary.id()))
    }));

    let mut number: Root<u64> = ours.mutate(|mc| mc.root(Gc::new(mc, 1_u64)));
    names(panic_of(|| theirs.mutate(|mc| number.set(mc, Gc::new(mc, 2)))));
    ours.mutate(|mc| assert_eq!(*number.get(mc), 1));

    let (place, line) = (panic_place(|| theirs.mutate(|mc| root.get(mc).id())), line!());
    assert_eq!(place, (file!().to_owned(), line));

    // Both heaps go on.
    theirs.collect().unwrap();
    ours.mutate(|mc| assert_eq!(root.get(mc).id(), 0));
    ours.collect().unwrap();
    ledger.assert_all_alive();
}

/// A new heap may get the addresses of a dead one; its roots are still strangers.
#[test]
fn a_root_of_a_dead_heap_is_refused_by_a_new_one() {
    for _ in 0..10 {
        let ledger = Ledger::new(2);
        let dead = heap();
        let root = canary(&dead, &ledger);
        drop(dead);
        let new = heap();
        let other = canary(&new, &ledger);
        let text = panic_of(|| new.mutate(|mc| root.get(mc).id()));
        assert!(
            text.contains("Root::get") && text.contains("another") || text.contains("this root is of"),
            "{text}"
        );
        new.collect().unwrap();
        new.mutate(|mc| assert_eq!(other.get(mc).id(), 1));
    }
}

trait Named<'gc>: DynTrace<'gc> + 'gc {
    fn id(&self) -> usize;
}
dyn_trace!(dyn Named<'gc>);

/// A large object, of which parts are rooted.
#[derive(Trace)]
struct Whole<'gc> {
    first: Gc<'gc, Canary>,
    parts: [Part<'gc>; 20],
    last: Canary,
}

#[derive(Trace)]
struct Part<'gc> {
    number: usize,
    next: GcCell<Option<Gc<'gc, Canary>>>,
}

impl<'gc> Named<'gc> for Part<'gc> {
    fn id(&self) -> usize {
        self.next.get().map_or(usize::MAX, |canary| canary.id())
    }
}

type Parts = (Root<Canary>, Root<Part<'static>>, Root<[Part<'static>]>, Root<dyn Named<'static>>);

#[test]
fn a_root_of_a_part_keeps_the_whole() {
    let (heap, ledger) = (heap(), Ledger::new(100));
    let make = || {
        heap.mutate(|mc| {
            let first = Gc::new(mc, ledger.canary());
            let part = |number| Part { number, next: GcCell::new(Some(Gc::new(mc, ledger.canary()))) };
            let parts = core::array::from_fn(part);
            mc.root(Gc::new(mc, Whole { first, parts, last: ledger.canary() }))
        })
    };
    let whole: Root<Whole<'static>> = make();
    let (field, element, slice, object): Parts = heap.mutate(|mc| {
        let whole = whole.get(mc);
        (
            mc.root(Gc::project(whole, |whole| &whole.last)),
            mc.root(Gc::project(whole, |whole| &whole.parts[7])),
            mc.root(Gc::project(whole, |whole| &whole.parts[3..5])),
            mc.root(Gc::project::<dyn Named<'_>>(whole, |whole| &whole.parts[19])),
        )
    });
    drop(whole);
    let keeps_all = |what: &str| {
        assert_eq!(heap.collect().unwrap().live_objects, 22, "the {what} keeps the whole");
        ledger.assert_all_alive();
    };
    keeps_all("field, element, slice and trait object together");
    heap.mutate(|mc| assert_eq!(element.get(mc).number, 7));
    drop(element);
    keeps_all("field");
    heap.mutate(|mc| assert_eq!(field.get(mc).id(), 21));
    drop(field);
    keeps_all("slice");
    heap.mutate(|mc| assert_eq!((slice.get(mc).len(), slice.get(mc)[1].number), (2, 4)));
    drop(slice);
    keeps_all("trait object");
    heap.mutate(|mc| assert_eq!(object.get(mc).id(), 20));
    drop(object);
    heap.collect().unwrap();
    ledger.assert_all_dropped();

    // What the whole points to does not keep the whole.
    let whole = make();
    let first: Root<Canary> = heap.mutate(|mc| mc.root(whole.get(mc).first));
    drop(whole);
    assert_eq!(heap.collect().unwrap().live_objects, 1);
    drop(first);
}

/// The state of a loop is kept between its steps, and dropped when it has been replaced.
#[test]
fn the_state_of_a_loop_is_rooted_between_steps() {
    let heap = Heap::builder().min_heap_bytes(64 << 10).build();
    let ledger = Ledger::new(rounds(20_000) * 3 + 3);
    let state: Root<Node<'static>> = heap.mutate(|mc| mc.root(shapes::ring(mc, &ledger, 3)));
    let mut left = rounds(20_000);
    let last = heap.mutate_loop(state, |mc, ring| {
        assert_eq!(Shape::of_ring(ring), 3);
        left -= 1;
        if left == 0 {
            return std::ops::ControlFlow::Break(ring.canary.id());
        }
        std::ops::ControlFlow::Continue(shapes::ring(mc, &ledger, 3))
    });
    assert_eq!(last, ledger.made() - 3);
    assert!(heap.stats().cycles_automatic > 0);
    heap.collect().unwrap();
    ledger.assert_all_dropped();
}

#[test]
fn a_root_in_an_object_keeps_its_target_until_the_heap_ends() {
    #[derive(Trace)]
    struct Holder {
        #[trace(static)]
        _root: Root<Canary>,
        _canary: Canary,
    }
    let (heap, ledger) = (heap(), Ledger::new(2));
    let root = canary(&heap, &ledger);
    let holder: Root<Holder> =
        heap.mutate(|mc| mc.root(Gc::new(mc, Holder { _root: root, _canary: ledger.canary() })));
    heap.collect().unwrap();
    ledger.assert_all_alive();
    drop(holder);
    // The holder dies, and its destructor lets go of the target for the next cycle.
    heap.collect().unwrap();
    assert_eq!(ledger.alive(), 1);
    heap.collect().unwrap();
    ledger.assert_all_dropped();
}
