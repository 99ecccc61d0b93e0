// A trait that is implemented at `'static` only gives no trait object of this brand.
use gc::{DynTrace, Gc, Trace, dyn_trace};

trait Shape<'gc>: DynTrace<'gc> + 'gc {}
dyn_trace!(dyn Shape<'gc>);

#[derive(Trace)]
struct Square<'gc>(Gc<'gc, u8>);
impl Shape<'static> for Square<'static> {}

fn shape<'gc>(square: Gc<'gc, Square<'gc>>) -> Gc<'gc, dyn Shape<'gc>> {
    Gc::unsize::<dyn Shape>(square, |square| square)
}

fn main() {}
