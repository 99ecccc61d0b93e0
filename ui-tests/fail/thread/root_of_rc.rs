// A root gives its target to any thread, so the target must be fit for that.
use std::rc::Rc;

use gc::{Gc, Root, Trace};

#[derive(Trace)]
struct Node<'gc, T> {
    value: T,
    next: Option<Gc<'gc, u8>>,
}
fn send<T: Send>() {}

fn main() {
    send::<Root<Node<'static, Rc<u8>>>>();
}
