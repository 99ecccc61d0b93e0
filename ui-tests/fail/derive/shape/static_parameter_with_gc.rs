// `#[trace(static)]` says that the parameter holds no `Gc`, and this one does.
use gc::{Gc, Trace};

#[derive(Trace)]
struct Node<'gc, #[trace(static)] T> {
    value: T,
    next: Gc<'gc, u8>,
}

fn store<'gc>(mc: &gc::Mutation<'gc>, next: Gc<'gc, u8>) {
    Gc::new(mc, Node { value: next, next });
}

fn main() {}
