//! The census counts each object once, under its type, with what it owns.

use std::any::type_name;

use gc::{Census, Gc, GcRefCell, Heap, InspectError, Trace};

use super::{builder, heap};

#[derive(Trace)]
struct Metres(u64);

#[derive(Trace)]
struct Seconds(u64);

#[derive(Trace)]
struct Left<'gc>(Option<Gc<'gc, u64>>);

#[derive(Trace)]
struct Right<'gc>(Option<Gc<'gc, u64>>);

#[derive(Trace)]
struct Noisy(String);

impl Drop for Noisy {
    fn drop(&mut self) {}
}

/// Leaves, masks and destructors: all kinds of ways by which an object finds its slot, in turn. Roots of masks and leaves, and
/// those of others.
fn make(heap: &Heap, n: u64) -> (impl Sized + use<>, impl Send + use<>) {
    heap.mutate(|mc| {
        let (mut all, mut others) = (Vec::new(), Vec::new());
        for i in 0..n {
            let (left, right) = (Gc::new(mc, Left(None)), Gc::new(mc, Right(None)));
            let (metres, seconds) = (Gc::new(mc, Metres(i)), Gc::new(mc, Seconds(i)));
            assert_eq!((left.0, right.0, metres.0, seconds.0), (None, None, i, i));
            let noisy = Gc::new(mc, Noisy("x".repeat(10)));
            let slices = (Gc::from_slice(mc, &[7_u32; 5]), Gc::from_slice(mc, &[0.5_f32; 5]));
            all.push((mc.root(left), mc.root(right), mc.root(metres), mc.root(seconds)));
            all.push((mc.root(left), mc.root(right), mc.root(metres), mc.root(seconds)));
            others.push((mc.root(noisy), mc.root(slices.0), mc.root(slices.1)));
        }
        (all, others)
    })
}

fn objects(census: &Census, name: &str) -> u64 {
    census.of(name).objects
}

#[test]
fn types_of_equal_contents_are_told_apart() {
    let heap = heap();
    let (kept, _slices) = make(&heap, 100);
    let census = heap.census().unwrap();
    assert!(census.exact);
    let names =
        [type_name::<Metres>(), type_name::<Seconds>(), type_name::<Left<'_>>(), type_name::<Right<'_>>()];
    for name in names {
        assert_eq!(objects(&census, name), 100, "{name}\n{census}");
    }
    assert_eq!((objects(&census, "[u32]"), objects(&census, "[f32]")), (100, 100), "{census}");
    let noisy = census.of(type_name::<Noisy>());
    assert_eq!((noisy.objects, noisy.bytes, noisy.owned_bytes), (100, 2400, 1000));
    // Another thread has places of its own.
    let _others = std::thread::scope(|scope| scope.spawn(|| make(&heap, 10).1).join().unwrap());
    heap.collect().unwrap();
    let after = heap.census().unwrap();
    assert_eq!(objects(&after, type_name::<Metres>()), 100, "{after}");
    assert_eq!(objects(&after, "[u32]"), 110, "{after}");
    let difference = after.since(&census);
    assert_eq!((difference.of("[u32]").objects, difference.of(type_name::<Metres>()).objects), (10, 0));
    heap.verify();
    drop(kept);
    heap.collect().unwrap();
    assert_eq!(objects(&heap.census().unwrap(), type_name::<Left<'_>>()), 0);
}

#[test]
fn a_heap_that_is_not_asked_says_that_it_does_not_know() {
    let heap = Heap::new();
    let kept = make(&heap, 10);
    let census = heap.census().unwrap();
    assert!(!census.exact && census.to_string().contains("diagnose(true)"));
    let [metres, seconds] =
        [type_name::<Metres>(), type_name::<Seconds>()].map(|name| objects(&census, name));
    assert_eq!(metres.max(seconds), 20, "one class, under one name");
    drop(kept);
}

/// All in all it is what the counters say.
#[test]
fn the_sum_is_what_the_counters_say() {
    for builder in [builder(), Heap::builder()] {
        // What is doomed the counters count as objects, and its destructors run when they do.
        let heap = builder.automatic(false).build();
        let kept = make(&heap, 50);
        heap.mutate(|mc| (0..100).for_each(|n| _ = Gc::new(mc, vec![0_u8; n])));
        let (total, stats) = (heap.census().unwrap().total(), heap.stats());
        assert_eq!((total.objects, total.bytes), (stats.objects(), stats.bytes()));
        assert_eq!(total.owned_bytes, stats.owned_bytes);
        drop(kept);
    }
}

/// What grows in a cell is as large as it is now.
#[test]
fn what_an_object_owns_is_asked_now() {
    let heap = heap();
    let root = heap.mutate(|mc| mc.root(Gc::new(mc, GcRefCell::new(Vec::<u64>::new()))));
    let owned = || heap.census().unwrap().total().owned_bytes;
    assert_eq!(owned(), 0);
    heap.mutate(|mc| root.get(mc).borrow_mut(mc).reserve_exact(100));
    assert_eq!(owned(), 800);
}

#[test]
fn what_is_doomed_stands_apart() {
    let heap = builder().run_by_hand(true).automatic(false).build();
    heap.mutate(|mc| (0..70).for_each(|_| _ = Gc::new(mc, Noisy("gone".into()))));
    let name = type_name::<Noisy>();
    assert_eq!(heap.census().unwrap().of(name).objects, 70);
    heap.collect().unwrap();
    let row = heap.census().unwrap().of(name);
    let found = (row.objects, row.bytes, row.owned_bytes, row.doomed_objects, row.doomed_bytes);
    assert_eq!(found, (0, 0, 0, 70, 70 * 24));
    heap.run_pending().unwrap();
    assert_eq!(heap.census().unwrap().rows, []);
}

#[test]
fn the_table() {
    let heap = heap();
    let before = heap.census().unwrap();
    let root = heap.mutate(|mc| mc.root(Gc::new(mc, String::from("four"))));
    let census = heap.census().unwrap();
    let expected = "  objects        bytes        owned    doomed  type\n        \
                    1           24            4         0  alloc::string::String\n        \
                    1           24            4         0  in all\n";
    assert_eq!(census.to_string(), expected);
    let difference = before.since(&census).to_string();
    assert!(difference.ends_with("       -1          -24           -4        +0  alloc::string::String\n"));
    drop(root);
}

#[test]
fn nobody_looks_from_inside() {
    let (heap, other) = (heap(), heap());
    let refused = other.mutate(|_| heap.census().unwrap_err());
    assert!(matches!(refused, InspectError::InsideMutation { .. }), "{refused}");
    assert!(refused.to_string().contains("census.rs"), "{refused}");
}

/// A type whose `owned` panics.
struct Broken;

impl Drop for Broken {
    fn drop(&mut self) {}
}

// SAFETY: a leaf with a destructor; duty 6 is broken on purpose, by a panic that is safe.
unsafe impl Trace<'_> for Broken {
    const MASK: gc::implement::Mask = gc::implement::Mask::EMPTY;
    const TAIL: bool = false;
    const LEAF: bool = true;

    fn trace(&self, _: &mut gc::implement::Tracer) {}

    fn trace_tail(&self, _: &mut gc::implement::Tracer) {}

    fn owned(&self, _: &mut gc::implement::Tally) {
        if IS_BROKEN.load(std::sync::atomic::Ordering::Relaxed) {
            panic!("owned");
        }
    }
}

static IS_BROKEN: std::sync::atomic::AtomicBool = std::sync::atomic::AtomicBool::new(false);

#[test]
fn a_panic_is_an_error_and_the_heap_goes_on() {
    let heap = builder().run_by_hand(true).automatic(false).build();
    heap.mutate(|mc| _ = Gc::new(mc, Broken));
    IS_BROKEN.store(true, std::sync::atomic::Ordering::Relaxed);
    assert_eq!(heap.census().unwrap_err(), InspectError::TracePanicked);
    IS_BROKEN.store(false, std::sync::atomic::Ordering::Relaxed);
    assert_eq!(heap.census().unwrap().total().objects, 1);
    heap.mutate(|mc| assert_eq!(*Gc::new(mc, 1), 1));
}
