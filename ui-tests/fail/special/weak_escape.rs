// A weak pointer belongs to a mutation; outside there is `WeakRoot`.
use gc::{Gc, Heap, WeakGc};

fn escape(heap: &Heap) -> WeakGc<'static, u64> {
    heap.mutate(|mc| Gc::downgrade(Gc::new(mc, 1_u64), mc))
}

fn main() {}
