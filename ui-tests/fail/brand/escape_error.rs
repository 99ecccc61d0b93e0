// An error that is boxed without a lifetime is `'static`, so it cannot hold a `Gc`.
use std::error::Error;
use std::fmt::{Display, Formatter, Result};

use gc::Gc;

#[derive(Debug)]
struct NotFound<'gc>(#[allow(dead_code)] Gc<'gc, u32>);
impl Display for NotFound<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        f.write_str("not found")
    }
}
impl Error for NotFound<'_> {}

fn find<'gc>(key: Gc<'gc, u32>) -> Box<dyn Error> {
    Box::new(NotFound(key))
}

fn main() {}
