// A `Drop` cannot be implemented at one brand only.
use gc::{Gc, Trace};

#[derive(Trace)]
struct Node<'gc>(Gc<'gc, u8>);
impl Drop for Node<'static> {
    fn drop(&mut self) {}
}

fn main() {}
