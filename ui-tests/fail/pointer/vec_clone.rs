// Two vectors never share their memory.
use gc::{GcVec, Heap};

fn main() {
    Heap::new().mutate(|mc| {
        let vec = GcVec::from_iter(mc, [1, 2]);
        let mut twin = vec.clone();
        twin.push(mc, 3);
    });
}
