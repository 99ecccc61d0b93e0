//! Scoped threads inside a mutation read its objects; threads outside share heap and roots.
use gc::{Gc, GcCell, GcRwLock, Heap, Trace};

#[derive(Trace)]
struct Node<'gc> {
    number: u64,
    next: GcCell<Option<Gc<'gc, Node<'gc>>>>,
}

fn main() {
    let heap = Heap::new();
    let root = heap.mutate(|mc| {
        let node = Gc::new(mc, Node { number: 1, next: GcCell::new(None) });
        node.next.set(mc, Some(node));
        std::thread::scope(|scope| {
            let sum = scope.spawn(move || node.number + node.next.get().unwrap().number);
            assert_eq!(sum.join().unwrap(), 2);
        });
        mc.root(node)
    });
    let total = heap.mutate(|mc| mc.root(Gc::new(mc, GcRwLock::new(0_u64))));
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| heap.mutate(|mc| *total.get(mc).write(mc) += root.get(mc).number));
        }
    });
    let other = (heap.clone(), total.clone());
    let read = std::thread::spawn(move || other.0.mutate(|mc| *other.1.get(mc).read(mc)));
    assert_eq!(read.join().unwrap(), 2);
    assert_eq!(heap.attach().mutate(|mc| *total.get(mc).read(mc)), 2);
}
