// A type that is only called `PhantomData` is not taken for it.
use gc::{Trace, Word};

#[derive(Clone, Copy, Trace)]
struct PhantomData(u64);

#[derive(Clone, Copy, Trace, Word)]
struct Handle(u64, PhantomData);

fn main() {}
