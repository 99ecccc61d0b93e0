// Objects of a trait can be asked for their type if the trait says so.
use gc::{DynTrace, Gc, Trace, dyn_trace};

trait Shape<'gc>: DynTrace<'gc> + 'gc {}
dyn_trace!(dyn Shape<'gc>);

#[derive(Trace)]
struct Square(u8);

fn ask<'gc>(shape: Gc<'gc, dyn Shape<'gc>>) -> bool {
    Gc::downcast::<Square>(shape).is_some()
}

fn main() {}
