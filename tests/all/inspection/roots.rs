//! The list of roots: each once, with the place where it was made.

use gc::{Gc, Heap, InspectError, Keeper, Root};

use super::heap;

fn places(heap: &Heap) -> Vec<u32> {
    let line = |keeper: Keeper| match keeper {
        Keeper::ByRoot { made } => made.expect("a place is noted").line(),
        Keeper::ByPin { made } => made.line(),
        other => panic!("{other}"),
    };
    let mut lines: Vec<_> = heap.roots().unwrap().into_iter().map(|object| line(object.keeper)).collect();
    lines.sort_unstable();
    lines
}

#[test]
fn each_root_has_the_place_where_it_was_made() {
    let heap = heap();
    let here = line!();
    let mut one: Root<u64> = heap.mutate(|mc| Root::new(mc, Gc::new(mc, 1)));
    let two = heap.mutate(|mc| mc.root(Gc::new(mc, 2_u64)));
    let pin = heap.mutate(|mc| mc.pin(Gc::new(mc, 3_u64)));
    assert_eq!(places(&heap), [here + 1, here + 2, here + 3]);
    let clone = one.clone();
    assert_eq!(places(&heap).len(), 3, "clones share a slot");
    let there = line!();
    heap.mutate(|mc| one.set(mc, Gc::new(mc, 4)));
    assert_eq!(places(&heap), [here + 1, here + 2, here + 3, there + 1]);
    drop((clone, two, pin));
    assert_eq!(places(&heap), [there + 1]);
    heap.verify();
}

/// A slot is used again, by roots made elsewhere and on other threads.
#[test]
fn places_follow_their_slots() {
    let heap = heap();
    for _ in 0..3 {
        let here = line!();
        let some: Vec<_> = (0..600).map(|n| heap.mutate(|mc| mc.root(Gc::new(mc, n)))).collect();
        assert_eq!(places(&heap), vec![here + 1; 600]);
        drop(some);
        let there = line!();
        let make = || (0..600).map(|n| heap.mutate(|mc| mc.root(Gc::new(mc, n)))).collect::<Vec<_>>();
        let others = std::thread::scope(|scope| scope.spawn(make).join().unwrap());
        assert_eq!(places(&heap), vec![there + 1; 600]);
        heap.verify();
        drop(others);
        assert_eq!(heap.stats().roots, 0);
    }
}

#[test]
fn without_the_option_no_place_is_noted() {
    let (heap, exact) = (Heap::new(), heap());
    let _root = heap.mutate(|mc| mc.root(Gc::new(mc, 7_u64)));
    let (_other, _weak) = exact.mutate(|mc| {
        let gc = Gc::new(mc, 7_u64);
        (mc.root(gc), mc.weak_root(Gc::downgrade(gc, mc)))
    });
    let roots = exact.roots().unwrap();
    assert_eq!(roots.len(), 1, "weak roots keep nothing: {roots:?}");
    let roots = heap.roots().unwrap();
    assert_eq!(
        (roots[0].keeper, roots[0].to_string().as_str()),
        (Keeper::ByRoot { made: None }, "Root -> u64")
    );
}

#[test]
fn finalizers_that_are_due() {
    let heap = gc::Heap::builder().run_by_hand(true).automatic(false).build();
    heap.mutate(|mc| mc.set_finalizer(Gc::new(mc, 7_u64), |_| ()).unwrap());
    assert_eq!(
        heap.roots().unwrap(),
        [],
        "the finalizer keeps what the object refers to, and not the object"
    );
    heap.collect().unwrap();
    let roots = heap.roots().unwrap();
    assert_eq!((roots.len(), roots[0].keeper), (1, Keeper::ByDueFinalizer));
    heap.run_pending().unwrap();
    assert_eq!(heap.roots().unwrap(), []);
}

#[test]
fn nobody_looks_from_inside() {
    let heap = heap();
    heap.mutate(|_| assert!(matches!(heap.roots(), Err(InspectError::InsideMutation { .. }))));
}
