// A trait that extends `DynTrace` at another brand than its own is not traced at its own.
use gc::{DynTrace, dyn_trace};

trait Shape<'gc>: DynTrace<'static> {}
dyn_trace!(dyn Shape<'gc>);

fn main() {}
