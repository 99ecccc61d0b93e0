// Beside an `f64` there is room for 14 variants.
use gc::{Gc, Trace, Word};

#[derive(Clone, Copy, Trace, Word)]
enum Value<'gc> {
    Number(f64),
    Text(Gc<'gc, u8>),
    A,
    B,
    C,
    D,
    E,
    F,
    G,
    H,
    I,
    J,
    K,
    L,
    M,
    N,
}

fn main() {}
