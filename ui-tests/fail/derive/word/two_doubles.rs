// Doubles take all words that are left, so there is one variant of them.
use gc::{Gc, Trace, Word};

type Seconds = f64;

#[derive(Clone, Copy, Trace, Word)]
enum Value<'gc> {
    Length(f64),
    Text(Gc<'gc, u8>),
    Width(f64),
}

#[derive(Clone, Copy, Trace, Word)]
enum Hidden {
    Length(f64),
    Time(Seconds),
}

fn main() {}
