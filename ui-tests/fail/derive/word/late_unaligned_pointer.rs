// The 16th variant is told by low bits of the address, of which a `Gc<u8>` has none to spare.
use gc::{Gc, Trace, Word};

#[derive(Clone, Copy, Trace, Word)]
enum Value<'gc> {
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
    O,
    Byte(Gc<'gc, u8>),
}

fn main() {}
