// A default type parameter that names `'static` stays what it says.
use gc::{Gc, Heap, Trace};

#[derive(Trace)]
struct Node<'gc, T = Gc<'static, u64>> {
    value: T,
    next: Option<Gc<'gc, u8>>,
}

fn main() {
    Heap::new().mutate(|mc| {
        let node: Node<'_> = Node { value: Gc::new(mc, 1), next: None };
        Gc::new(mc, node);
    });
}
