// The brand is the bound of the object; others have no effect, since all objects are `Send` and `Sync`.
use gc::{DynTrace, dyn_trace};

trait Shape<'gc>: DynTrace<'gc> + 'gc {}
dyn_trace!(dyn Shape<'gc> + Send);

fn main() {}
