// A trait whose objects are stored is registered with `dyn_trace!`.
use gc::{DynTrace, Trace};

trait Shape<'gc>: DynTrace<'gc> + 'gc {}

#[derive(Trace)]
struct Drawing<'gc> {
    shapes: Vec<Box<dyn Shape<'gc>>>,
}

fn main() {}
