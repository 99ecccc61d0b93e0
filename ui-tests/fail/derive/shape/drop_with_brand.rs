// A type that can hold a `Gc` has no `Drop`: what it points to may be gone when it is dropped.
use gc::{Gc, Trace};

#[derive(Trace)]
struct Node<'gc>(Gc<'gc, u8>);
impl Drop for Node<'_> {
    fn drop(&mut self) {
        println!("{}", self.0);
    }
}

fn main() {}
