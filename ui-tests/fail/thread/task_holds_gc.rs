// A task holds a `Gc` while it waits; by then its mutation has ended. It should hold a `Root`.
use gc::{Gc, Heap};

/// As the runtimes have it.
fn spawn(task: impl Future<Output = ()> + Send + 'static) {
    drop(task);
}

async fn wait() {}

fn main() {
    Heap::new().mutate(|mc| {
        let number = Gc::new(mc, 1_u32);
        spawn(async move {
            wait().await;
            assert_eq!(*number, 1);
        });
    });
}
