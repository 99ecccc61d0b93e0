// The guard against `Drop` cannot be turned off.
use gc::{Gc, Trace};

#[derive(Trace)]
struct Node<'gc>(Gc<'gc, u8>);
impl gc::__private::TypesHoldingGcMustNotImplDrop for Node<'_> {}

fn main() {}
