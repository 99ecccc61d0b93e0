// The closure of a projection cannot keep the reference that it gets.
use gc::{Gc, Heap};

fn main() {
    let heap = Heap::new();
    let text = heap.mutate(|mc| mc.root(Gc::new(mc, String::new())));
    let mut kept = None;
    heap.mutate(|mc| {
        Gc::project(text.get(mc), |text| {
            kept = Some(text);
            text
        });
    });
}
