// The value of an ephemeron does not leave the mutation.
use gc::{Ephemeron, Gc, Heap};

fn main() {
    let heap = Heap::new();
    let value = heap.mutate(|mc| {
        let pair = Ephemeron::new(mc, Gc::new(mc, 1), String::from("value"));
        Gc::as_ref(pair).value(mc)
    });
    println!("{value:?}");
}
