// A trait is registered at every brand, and not at one.
use gc::{DynTrace, dyn_trace};

trait Shape<'gc>: DynTrace<'gc> + 'gc {}
dyn_trace!(dyn Shape<'static>);

fn main() {}
