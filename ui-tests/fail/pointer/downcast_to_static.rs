// An object of the mutation's brand is none at `'static`: what a `Gc<'static, _>` is given out of it would be kept for ever.
use gc::{Downcast, Gc, Heap, Trace, dyn_trace};

trait Shape<'gc>: Downcast<'gc> + 'gc {}
dyn_trace!(dyn Shape<'gc>);

#[derive(Trace)]
struct Node<'gc>(Gc<'gc, u8>);
impl<'gc> Shape<'gc> for Node<'gc> {}

fn main() {
    Heap::new().mutate(|mc| {
        let object = Gc::unsize::<dyn Shape>(Gc::new(mc, Node(Gc::new(mc, 1))), |node| node);
        Gc::downcast::<Node<'static>>(object);
    });
}
