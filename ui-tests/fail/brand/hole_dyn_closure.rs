// Exploit: a closure type that implements the trait only for the brand that it can be called with.
use std::sync::Mutex;

use gc::{DynTrace, Gc, Heap, Static, dyn_trace};

static STASH: Mutex<Option<Gc<'static, u64>>> = Mutex::new(None);
fn stash(gc: Gc<'static, u64>) {
    *STASH.lock().unwrap() = Some(gc);
}

trait Call<'gc>: DynTrace<'gc> + 'gc {
    fn call(&self, gc: Gc<'gc, u64>);
}
dyn_trace!(dyn Call<'gc>);
impl<'gc, F: Fn(Gc<'gc, u64>) + Send + Sync + 'static> Call<'gc> for Static<F> {
    fn call(&self, gc: Gc<'gc, u64>) {
        (self.0)(gc);
    }
}

fn main() {
    Heap::new().mutate(|mc| {
        let call = Gc::unsize::<dyn Call>(Gc::new(mc, Static(stash)), |call| call);
        mc.root(call).get(mc).call(Gc::new(mc, 1));
    });
}
