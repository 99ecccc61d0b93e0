// A registered trait extends `DynTrace`, or its objects could not be traced; one error, though they are not `Send` either.
use gc::dyn_trace;

trait Shape<'gc> {}
dyn_trace!(dyn Shape<'gc>);

fn main() {}
