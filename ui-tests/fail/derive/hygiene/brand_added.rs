// An attribute macro gives a plain type a lifetime, and so room for a `Gc`.
use attribute_macros::replace;
use gc::{Gc, Trace};

#[derive(Trace)]
#[replace(struct Plain<'gc> { number: u64, next: Gc<'gc, u64> })]
struct Plain {
    number: u64,
}

fn main() {}
