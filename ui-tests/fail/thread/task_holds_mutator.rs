// A mutator is of its thread, and a task may go on on another one after each `.await`.
use gc::{Gc, Heap};

/// As the runtimes have it.
fn spawn(task: impl Future<Output = ()> + Send + 'static) {
    drop(task);
}

async fn wait() {}

fn main() {
    spawn(async {
        let heap = Heap::new();
        let mut mutator = heap.attach();
        wait().await;
        mutator.mutate(|mc| assert_eq!(*Gc::new(mc, 1_u32), 1));
    });
}
