// A trait of objects in the heap has no lifetime but the brand: what is borrowed is not stored.
use gc::{DynTrace, dyn_trace};

trait Shape<'gc, 'a>: DynTrace<'gc> + 'gc {}
dyn_trace!(dyn Shape<'gc, 'a>);

fn main() {}
