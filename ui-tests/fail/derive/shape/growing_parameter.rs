// A type that owns itself at an ever larger argument keeps the compiler busy for minutes when it looks whether it is `Send`.
use gc::{Gc, Trace};

#[derive(Trace)]
struct Nest<'gc, T> {
    first: Gc<'gc, T>,
    inner: Option<Box<Nest<'gc, (T, T)>>>,
}

fn main() {}
