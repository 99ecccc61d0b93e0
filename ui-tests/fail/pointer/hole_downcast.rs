// Two types that differ in a phantom's lifetime alone have one form at `'static`. Only the one that stands at the brand can
// be an object that is asked for its type: else `Keep<'static>` would come out as `Keep<'gc>`, and keep what it is given.
use std::marker::PhantomData;

use gc::{Downcast, Gc, Trace, dyn_trace};

trait Shape<'gc>: Downcast<'gc> + 'gc {}
dyn_trace!(dyn Shape<'gc>);

#[derive(Trace)]
struct Keep<P>(PhantomData<P>);
impl<'gc> Shape<'gc> for Keep<PhantomData<Gc<'static, u8>>> {}

fn main() {}
