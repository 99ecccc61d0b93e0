// A newtype over a `Gc` goes into a `GcCell` with `#[derive(Word)]` only.
use gc::{Gc, GcCell, Trace};

#[derive(Clone, Copy, Trace)]
struct Handle<'gc>(Gc<'gc, u8>);
#[derive(Trace)]
struct Node<'gc>(GcCell<Handle<'gc>>);

fn main() {}
