// What retain shows of an entry does not leave the mutation.
use gc::{Gc, Heap, WeakMap};

fn main() {
    let mut seen = Vec::new();
    Heap::new().mutate(|mc| {
        let mut map = WeakMap::new();
        map.insert(mc, Gc::new(mc, 1), String::from("one"));
        map.retain(mc, |key, value| {
            seen.push((key, value));
            true
        });
    });
    println!("{seen:?}");
}
