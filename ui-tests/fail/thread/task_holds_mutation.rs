// A task that may run on any thread, at any time, allocates with the mutation of the thread that started it.
use gc::{Gc, Heap};

/// As the runtimes have it.
fn spawn(task: impl Future<Output = ()> + Send + 'static) {
    drop(task);
}

fn main() {
    Heap::new().mutate(|mc| {
        spawn(async move {
            Gc::new(mc, 1_u32);
        });
    });
}
