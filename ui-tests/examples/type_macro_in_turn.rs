//! A macro in the type of a field gives a `Gc` twice, to the struct and to the derive, and then numbers: the derive asks
//! once, so the `Gc` is traced.
use attribute_macros::in_turn;
use gc::{Gc, Heap, Trace};

#[derive(Trace)]
struct Node<'gc> {
    hidden: in_turn!(Gc<'gc, u64>; Gc<'gc, u64>; u64; u64; u64; u64; u64; u64; u64; u64),
}

fn main() {
    let heap = Heap::new();
    let root = heap.mutate(|mc| mc.root(Gc::new(mc, Node { hidden: Gc::new(mc, 7) })));
    assert_eq!(heap.collect().unwrap().live_objects, 2);
    heap.mutate(|mc| assert_eq!(*root.get(mc).hidden, 7));
}
