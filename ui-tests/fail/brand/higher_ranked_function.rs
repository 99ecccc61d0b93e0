// A function for every brand is asked for, and one for `'static` is given.
use std::sync::Mutex;

use gc::{Gc, Heap, Trace};

static STASH: Mutex<Option<Gc<'static, u64>>> = Mutex::new(None);
fn stash(gc: Gc<'static, u64>) {
    *STASH.lock().unwrap() = Some(gc);
}

#[derive(Trace)]
struct Node<'gc> {
    call: for<'any> fn(Gc<'any, u64>),
    next: Option<Gc<'gc, u8>>,
}

fn main() {
    Heap::new().mutate(|mc| {
        Gc::new(mc, Node { call: stash, next: None });
    });
}
