// A closure that makes closures of one brand is asked for a closure of every brand.
use gc::{Gc, Heap};

fn main() {
    let heap = Heap::new();
    let mut kept = Vec::new();
    let mut keep = |gc| kept.push(gc);
    heap.mutate(|mc| keep(Gc::new(mc, 1_u32)));
}
