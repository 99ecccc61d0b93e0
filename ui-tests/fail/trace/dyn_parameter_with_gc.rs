// A declared parameter stays as it is when the brand is replaced, so it holds no `Gc`; types that do are written out.
use gc::{DynTrace, Gc, Trace, dyn_trace};

trait Shape<'gc, T>: DynTrace<'gc> + 'gc {}
dyn_trace!(for<T> dyn Shape<'gc, T>);

#[derive(Trace)]
struct Node<'gc> {
    shape: Gc<'gc, dyn Shape<'gc, Gc<'gc, u8>>>,
}

fn main() {}
