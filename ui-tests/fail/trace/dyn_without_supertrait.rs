// A registered trait extends `DynTrace`, or its objects could not be traced.
use gc::dyn_trace;

trait Shape<'gc>: Send + Sync + 'gc {}
dyn_trace!(dyn Shape<'gc>);

fn main() {}
