// Every mistake of a type is reported, each once and at its place.
use gc::{Gc, Trace};

#[derive(Trace)]
#[repr(packed)]
struct Node<'gc, 'text, K: Ord> {
    key: K,
    name: &'text str,
    next: std::sync::Mutex<Gc<'gc, u8>>,
}

fn main() {}
