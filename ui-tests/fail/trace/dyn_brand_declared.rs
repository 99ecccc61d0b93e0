// The brand needs no declaration; parameters do.
use gc::{DynTrace, dyn_trace};

trait Shape<'gc>: DynTrace<'gc> + 'gc {}
dyn_trace!(for<'gc> dyn Shape<'gc>);

fn main() {}
