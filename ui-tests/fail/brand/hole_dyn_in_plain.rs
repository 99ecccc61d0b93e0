// Exploit: a trait object that a plain type owns at `'static` is projected to one of this brand.
use gc::{DynTrace, Gc, Trace, dyn_trace};

trait Keep<'gc>: DynTrace<'gc> + 'gc {
    fn keep(&self, gc: Gc<'gc, u64>);
}
dyn_trace!(dyn Keep<'gc>);
#[derive(Trace)]
struct Plain {
    keeper: Box<dyn Keep<'static>>,
}

fn keeper<'gc>(plain: Gc<'gc, Plain>) -> Gc<'gc, dyn Keep<'gc>> {
    Gc::project(plain, |plain| &*plain.keeper)
}

fn main() {}
