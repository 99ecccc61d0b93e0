// A cell of std that has got another name: only its type tells what it is.
use std::cell::RefCell as Shared;

use gc::{Gc, Trace};

#[derive(Trace)]
struct Node<'gc> {
    edges: Shared<Vec<Gc<'gc, u8>>>,
}

fn main() {}
