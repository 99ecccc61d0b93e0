// `dyn_trace!` registers a type, and its name begins with `dyn`.
use gc::{DynTrace, dyn_trace};

trait Shape<'gc>: DynTrace<'gc> + 'gc {}
dyn_trace!(Shape<'gc>);

fn main() {}
