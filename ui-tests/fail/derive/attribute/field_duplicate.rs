// A setting that is written twice, on a field.
use gc::{Gc, Trace};

#[derive(Trace)]
struct Node<'gc> {
    next: Gc<'gc, u8>,
    #[trace(static, static)]
    child: std::process::Child,
}

fn main() {}
