// A type with a `Drop` that could follow a `Gc` is not `Trace`, and so is none that holds it.
use gc::{Gc, Trace};

struct Guard<'gc>(Gc<'gc, u8>);
impl Drop for Guard<'_> {
    fn drop(&mut self) {
        println!("{}", self.0);
    }
}

#[derive(Trace)]
struct Node<'gc> {
    next: Gc<'gc, u8>,
    field: Guard<'gc>,
}

fn main() {}
