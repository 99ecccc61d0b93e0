// A type parameter is declared: `for<T> dyn Shape<'gc, T>`.
use gc::{DynTrace, dyn_trace};

trait Shape<'gc, T>: DynTrace<'gc> + 'gc {}
dyn_trace!(dyn Shape<'gc, T>);

fn main() {}
