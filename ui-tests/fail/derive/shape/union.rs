// Which field of a union is live is not known.
use gc::{Gc, Trace};

#[derive(Trace)]
union Either<'gc> {
    next: Option<Gc<'gc, u8>>,
    number: usize,
}

fn main() {}
