// The mutation itself is returned: with it objects could be made and read outside.
use gc::Heap;

fn main() {
    let heap = Heap::new();
    let mc = heap.mutate(|mc| mc);
    drop(mc);
}
