// `Trace` by hand is a promise: `unsafe impl`.
use gc::implement::{Mask, Tracer};
use gc::{Gc, Trace};

struct Node<'gc>(Gc<'gc, u8>);
impl<'gc> Trace<'gc> for Node<'gc> {
    const MASK: Mask = Mask::EMPTY;
    const TAIL: bool = false;
    const LEAF: bool = false;
    fn trace(&self, _: &mut Tracer) {}
    fn trace_tail(&self, _: &mut Tracer) {}
}

fn main() {}
