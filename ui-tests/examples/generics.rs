//! Parameters of every kind: types, defaults, constants, where-clauses, `?Sized`, all rootable.
use std::marker::PhantomData;

use gc::{Gc, GcCell, Heap, Root, Trace};

#[derive(Trace)]
struct Pair<'gc, A, B = A>
where
    A: 'gc,
{
    a: Gc<'gc, A>,
    b: B,
}

#[derive(Trace)]
struct Table<'gc, const ROWS: usize, const NAMED: bool = false> {
    rows: [Option<Gc<'gc, u8>>; ROWS],
}

#[derive(Trace)]
struct Pointer<'gc, T: ?Sized + Send + Sync>(Gc<'gc, T>)
where
    T: 'gc;

#[derive(Trace)]
struct Sorted<#[trace(static)] K: Ord, V>
where
    K: Clone,
{
    entries: Vec<(K, V)>,
}

#[derive(Trace)]
#[trace(bound = "T: gc::Word<'gc>")]
struct Counter<T>(GcCell<T>);

#[derive(Trace)]
struct Marker<T>(PhantomData<T>);

fn main() {
    let heap = Heap::new();
    let pair: Root<Pair<'static, u8>> =
        heap.mutate(|mc| mc.root(Gc::new(mc, Pair { a: Gc::new(mc, 1_u8), b: 2_u8 })));
    let table = heap.mutate(|mc| mc.root(Gc::new(mc, Table::<3, true> { rows: [Some(Gc::new(mc, 1)); 3] })));
    let pointer = heap.mutate(|mc| mc.root(Gc::new(mc, Pointer(Gc::str(mc, "text")))));
    let entries = vec![(String::from("key"), 1_u8)];
    let sorted = heap.mutate(|mc| mc.root(Gc::new(mc, Sorted { entries })));
    let counter = heap.mutate(|mc| mc.root(Gc::new(mc, Counter(GcCell::new(Some(pair.get(mc).a))))));
    let marker: Root<Marker<Gc<'static, u8>>> =
        heap.mutate(|mc| Root::new(mc, Gc::new(mc, Marker(PhantomData))));
    heap.collect().unwrap();
    heap.mutate(|mc| {
        assert_eq!(*pair.get(mc).a + pair.get(mc).b, 3);
        assert_eq!(table.get(mc).rows[2].as_deref(), Some(&1));
        assert_eq!(&*pointer.get(mc).0, "text");
        assert_eq!(sorted.get(mc).entries[0].1, 1);
        assert_eq!(counter.get(mc).0.get().as_deref(), Some(&1));
        let _: Marker<Gc<'_, u8>> = Marker(marker.get(mc).0);
    });
}
