// Threads of a scope that is opened outside of the mutation may still run when it has ended.
use gc::{Gc, Heap};

fn main() {
    let heap = Heap::new();
    std::thread::scope(|scope| {
        heap.mutate(|mc| {
            let seed = mc.fork();
            scope.spawn(move || seed.enter(|mc| *Gc::new(mc, 1_u64)));
        });
    });
}
