// A type that is not `Trace` cannot be the concrete type of a trait object in the heap.
use gc::{DynTrace, dyn_trace};

trait Shape<'gc>: DynTrace<'gc> + 'gc {}
dyn_trace!(dyn Shape<'gc>);

struct Square;
impl<'gc> Shape<'gc> for Square {}

fn main() {}
