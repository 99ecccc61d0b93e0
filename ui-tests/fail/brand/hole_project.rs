// Exploit: a field that really stands at `'static` is projected and rooted, to come back at the brand of a
// mutation with a function that keeps what it is given.
use std::sync::Mutex;

use gc::{Gc, Heap, Trace};

static STASH: Mutex<Option<Gc<'static, u64>>> = Mutex::new(None);
fn stash(gc: Gc<'static, u64>) {
    *STASH.lock().unwrap() = Some(gc);
}

#[derive(Trace)]
struct Inner<'gc> {
    keep: fn(Gc<'gc, u64>),
}
#[derive(Trace)]
struct Plain {
    inner: Inner<'static>,
}

fn main() {
    Heap::new().mutate(|mc| {
        let plain = Gc::new(mc, Plain { inner: Inner { keep: stash } });
        let inner = Gc::project(plain, |plain| &plain.inner);
        let inner: Gc<'_, Inner<'_>> = mc.root(inner).get(mc);
        (inner.keep)(Gc::new(mc, 1));
    });
}
