// A seed lets threads into a mutation that is open: it ends with the mutation.
use gc::Heap;

fn main() {
    let seed = Heap::new().mutate(|mc| mc.fork());
    seed.enter(|_| ());
}
