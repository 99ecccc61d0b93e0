// Exploit: a trait object is taken for one of a supertrait that the collector does not know.
use gc::{DynTrace, Gc, dyn_trace};

trait Base<'gc>: 'gc {}
trait Shape<'gc>: DynTrace<'gc> + Base<'gc> + 'gc {}
dyn_trace!(dyn Shape<'gc>);

fn upcast<'gc>(shape: Gc<'gc, dyn Shape<'gc>>) -> Gc<'gc, dyn Base<'gc>> {
    Gc::unsize::<dyn Base>(shape, |shape| shape)
}

fn main() {}
