// A `Gc` of a mutation is never `'static`, so nothing could be stored there: the type needs the brand.
use gc::{Gc, GcCell, Trace};

#[derive(Trace)]
struct Node {
    next: GcCell<Option<Gc<'static, Node>>>,
}

fn main() {}
