//! Derived types in a heap: what only a packed word, the variant of an enum, or a cell of a parameter keeps
//! reachable survives a collection.

use gc::{Gc, GcCell, Heap, Root, Trace, Word};

#[derive(Trace, Word, Clone, Copy)]
enum Value<'gc> {
    Nil,
    Int(i32),
    Text(Gc<'gc, String>),
    Pair(Gc<'gc, Pair<'gc>>),
}

#[derive(Trace)]
struct Pair<'gc> {
    first: GcCell<Value<'gc>>,
    second: GcCell<Value<'gc>>,
}

/// Objects freed so far, when a cycle is over; which cycle freed them is not the same in all builds.
fn freed(heap: &Heap) -> u64 {
    heap.collect().unwrap();
    heap.stats().objects_freed
}

#[test]
fn packed_words_keep_their_targets() {
    let heap = Heap::new();
    let root: Root<Pair<'static>> = heap.mutate(|mc| {
        let mut rest = Value::Nil;
        for i in 0..100 {
            let first = if i % 2 == 0 { Value::Int(i) } else { Value::Text(Gc::new(mc, i.to_string())) };
            rest = Value::Pair(Gc::new(mc, Pair { first: GcCell::new(first), second: GcCell::new(rest) }));
        }
        let Value::Pair(list) = rest else { unreachable!() };
        mc.root(list)
    });
    assert_eq!(freed(&heap), 0);
    heap.mutate(|mc| {
        let (mut value, mut sum) = (Value::Pair(root.get(mc)), 0);
        while let Value::Pair(pair) = value {
            sum += match pair.first.get() {
                Value::Int(n) => n,
                Value::Text(text) => text.parse().unwrap(),
                Value::Nil | Value::Pair(_) => unreachable!(),
            };
            value = pair.second.get();
        }
        assert_eq!(sum, 99 * 100 / 2);
        root.get(mc).second.set(mc, Value::Nil);
    });
    assert_eq!(freed(&heap), 99 + 49);
}

#[derive(Trace)]
#[repr(u8)]
enum Shape<'gc> {
    Number(u64),
    One(u8, Gc<'gc, Shape<'gc>>),
    Two(Gc<'gc, Shape<'gc>>, Gc<'gc, Shape<'gc>>),
}

#[test]
fn variants_keep_their_targets() {
    let heap = Heap::new();
    let root: Root<Shape<'static>> = heap.mutate(|mc| {
        let leaf = |n| Gc::new(mc, Shape::Number(n));
        let one = Gc::new(mc, Shape::One(7, leaf(1)));
        mc.root(Gc::new(mc, Shape::Two(one, leaf(2))))
    });
    assert_eq!(freed(&heap), 0);
    heap.mutate(|mc| {
        fn sum(shape: &Shape<'_>) -> u64 {
            match shape {
                Shape::Number(n) => *n,
                Shape::One(n, inner) => u64::from(*n) + sum(inner),
                Shape::Two(a, b) => sum(a) + sum(b),
            }
        }
        assert_eq!(sum(&root.get(mc)), 10);
    });
    drop(root);
    assert_eq!(freed(&heap), 4);
}

#[derive(Trace)]
#[trace(bound = "T: Word<'gc>")]
struct Slot<T>(GcCell<T>);

#[test]
fn a_cell_of_a_parameter_is_rootable() {
    let heap = Heap::new();
    let root: Root<Slot<Option<Gc<'static, String>>>> = heap.mutate(|mc| {
        let text = Gc::new(mc, String::from("kept"));
        mc.root(Gc::new(mc, Slot(GcCell::new(Some(text)))))
    });
    assert_eq!(freed(&heap), 0);
    heap.mutate(|mc| {
        assert_eq!(*root.get(mc).0.get().unwrap(), "kept");
        root.get(mc).0.set(mc, None);
    });
    assert_eq!(freed(&heap), 1);
}

/// Its edge lies where no mask reaches.
#[derive(Trace)]
#[repr(C)]
struct Wide<'gc> {
    room: [u64; 300],
    edge: Gc<'gc, u64>,
}

/// A mask that is not all there has no words, as that of a type without edges; and is not taken for it.
#[test]
fn elements_whose_mask_does_not_fit_keep_their_edges() {
    type Both = (Root<Vec<Wide<'static>>>, Root<[Wide<'static>]>);

    let heap = Heap::new();
    let (vec, slice): Both = heap.mutate(|mc| {
        let wides = || (0..700).map(|n| Wide { room: [n; 300], edge: Gc::new(mc, n) });
        (Root::new(mc, Gc::new(mc, wides().collect())), mc.root(Gc::from_iter(mc, wides())))
    });
    assert_eq!(freed(&heap), 0);
    heap.mutate(|mc| {
        for wides in [&vec.get(mc)[..], &slice.get(mc)] {
            assert!((0..700).eq(wides.iter().map(|wide| *wide.edge)));
            assert!(wides.iter().all(|wide| wide.room == [*wide.edge; 300]));
        }
    });
}
