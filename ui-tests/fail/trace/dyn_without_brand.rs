// A registered trait has the brand as its lifetime.
use gc::{DynTrace, dyn_trace};

trait Shape: for<'gc> DynTrace<'gc> {}
dyn_trace!(dyn Shape);

fn main() {}
