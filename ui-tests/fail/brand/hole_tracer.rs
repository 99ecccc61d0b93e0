// Exploit: a program traces by itself, and so reads the contents of a lock while another thread writes them.
// Only the collector makes a `Tracer`.
use gc::implement::Tracer;
use gc::{Gc, GcRwLock, Heap, Trace};

fn main() {
    Heap::new().mutate(|mc| {
        let lock = Gc::new(mc, GcRwLock::new(vec![Gc::new(mc, 1_u8)]));
        let mut contents = lock.write(mc);
        Trace::trace(&*lock, &mut Tracer::default());
        contents.clear();
    });
}
