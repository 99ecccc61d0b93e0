// A tuple has 48 bits at most, and no `Gc`.
use gc::{Gc, Heap, GcCell, Trace, Word};

#[derive(Clone, Copy, Trace, Word)]
enum Wide {
    Pair((u32, u32)),
}

#[derive(Clone, Copy, Trace, Word)]
enum Edge<'gc> {
    Pair((Gc<'gc, u8>, u8)),
}

fn main() {
    Heap::new().mutate(|mc| {
        Gc::new(mc, GcCell::new(Wide::Pair((1, 2))));
        Gc::new(mc, GcCell::new(Edge::Pair((Gc::new(mc, 1), 2))));
    });
}
