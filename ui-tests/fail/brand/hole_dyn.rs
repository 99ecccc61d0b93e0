// Exploit: a type implements the trait at `'static` only, and the trait object is rooted to come back at the
// brand of a mutation.
use std::sync::Mutex;

use gc::{DynTrace, Gc, Heap, Trace, dyn_trace};

static STASH: Mutex<Option<Gc<'static, u64>>> = Mutex::new(None);
fn stash(gc: Gc<'static, u64>) {
    *STASH.lock().unwrap() = Some(gc);
}

trait Keep<'gc>: DynTrace<'gc> + 'gc {
    fn keep(&self, gc: Gc<'gc, u64>);
}
dyn_trace!(dyn Keep<'gc>);

#[derive(Trace)]
struct Plain;
impl Keep<'static> for Plain {
    fn keep(&self, gc: Gc<'static, u64>) {
        stash(gc);
    }
}

fn main() {
    Heap::new().mutate(|mc| {
        let plain = Gc::unsize::<dyn Keep<'static>>(Gc::new(mc, Plain), |plain| plain);
        mc.root(plain).get(mc).keep(Gc::new(mc, 1));
    });
}
