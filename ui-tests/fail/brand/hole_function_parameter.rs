// Exploit: a parameter that stands at two brands, `Gc<'gc, Inner<'static>>`, would come back at one.
use std::sync::Mutex;

use gc::{Gc, Heap, Trace};

static STASH: Mutex<Option<Gc<'static, u64>>> = Mutex::new(None);
fn stash(gc: Gc<'static, u64>) {
    *STASH.lock().unwrap() = Some(gc);
}

#[derive(Trace)]
struct Inner<'gc> {
    number: Gc<'gc, u64>,
}
#[derive(Trace)]
struct Caller<P> {
    call: fn(P),
}
fn keep<'gc>(inner: Gc<'gc, Inner<'static>>) {
    stash(inner.number);
}

fn main() {
    Heap::new().mutate(|mc| {
        let caller = Gc::new(mc, Caller { call: keep });
        let caller = mc.root(caller).get(mc);
        (caller.call)(Gc::new(mc, Inner { number: Gc::new(mc, 1) }));
    });
}
