// Exploit: as `hole_project`, by way of `Static`.
use std::sync::Mutex;

use gc::{Gc, Heap, Static, Trace};

static STASH: Mutex<Option<Gc<'static, u64>>> = Mutex::new(None);
fn stash(gc: Gc<'static, u64>) {
    *STASH.lock().unwrap() = Some(gc);
}

#[derive(Trace)]
struct Inner<'gc> {
    keep: fn(Gc<'gc, u64>),
}

fn main() {
    Heap::new().mutate(|mc| {
        let held: Gc<'_, Static<Inner<'static>>> = Gc::new(mc, Static(Inner { keep: stash }));
        let inner = Gc::project(held, |held| &held.0);
        let inner = mc.root(inner).get(mc);
        (inner.keep)(Gc::new(mc, 1));
    });
}
