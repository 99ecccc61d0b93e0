// The guard against `Drop` cannot be turned off.
use gc::{Gc, Trace};

#[derive(Trace)]
struct Node<'gc>(Gc<'gc, u8>);
impl Drop for Node<'_> {
    fn drop(&mut self) {}
}
impl gc::__private::FitToHoldGc for gc::__private::OwnDrop<Node<'_>> {}

fn main() {}
