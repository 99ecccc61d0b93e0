// A function for `'static` arguments is stored where one for this brand belongs: it may keep what it is
// given.
use gc::{Gc, Heap, Trace};

#[derive(Trace)]
struct Callback<'gc> {
    call: fn(&'gc u8) -> &'static u8,
}
fn keep(number: &'static u8) -> &'static u8 {
    number
}

fn main() {
    Heap::new().mutate(|mc| {
        Gc::new(mc, Callback { call: keep });
    });
}
