// A thread-local outlives every mutation, so it cannot keep a `Gc`.
use std::cell::Cell;

use gc::{Gc, Heap};

thread_local! {
    static KEPT: Cell<Option<Gc<'static, u32>>> = const { Cell::new(None) };
}

fn main() {
    Heap::new().mutate(|mc| KEPT.set(Some(Gc::new(mc, 1_u32))));
}
