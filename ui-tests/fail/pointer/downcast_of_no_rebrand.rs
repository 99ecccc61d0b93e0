// What cannot be rooted has no form at `'static`, by which types are told apart.
use gc::{Downcast, Trace, dyn_trace};

trait Shape<'gc>: Downcast<'gc> + 'gc {}
dyn_trace!(dyn Shape<'gc>);

#[derive(Trace)]
#[trace(no_rebrand)]
struct Sorted<T: Ord>(Vec<T>);
impl<'gc> Shape<'gc> for Sorted<u8> {}

fn main() {}
