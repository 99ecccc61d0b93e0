// Exploit: a type that is contravariant in its brand, so that a value at `'static` would pass for one at any
// other if references could grow.
use std::sync::Mutex;

use gc::{Gc, Heap, Static, Trace};

#[derive(Trace)]
struct Keeper<'gc> {
    keep: fn(&'gc u64),
}
static STASH: Mutex<Option<&'static u64>> = Mutex::new(None);
fn stash(number: &'static u64) {
    *STASH.lock().unwrap() = Some(number);
}

fn main() {
    Heap::new().mutate(|mc| {
        let held = Gc::new(mc, Static(Keeper { keep: stash }));
        let keeper: Gc<'_, Keeper<'_>> = Gc::project(held, |held| &held.0);
        let keeper = mc.root(keeper).get(mc);
        (keeper.keep)(Gc::as_ref(Gc::new(mc, 1)));
    });
}
