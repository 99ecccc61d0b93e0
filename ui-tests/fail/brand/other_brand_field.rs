// A field at another brand than the type's own: the collector of one heap would find objects of another.
use gc::{Gc, GcCell, Trace};

#[derive(Trace)]
struct Node<'gc> {
    next: Gc<'gc, u8>,
    cell: GcCell<Option<Gc<'static, u8>>>,
}

fn main() {}
