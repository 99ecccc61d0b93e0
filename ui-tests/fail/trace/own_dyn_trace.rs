// `DynTrace` is implemented for what is `Trace`, and by hand only as a promise.
use gc::implement::Tracer;
use gc::DynTrace;

struct Silent;
impl<'gc> DynTrace<'gc> for Silent {
    fn trace_object(&self, _: &mut Tracer) {}
}

fn main() {}
