// The value is shared: what changes in it is in a cell.
use gc::{Ephemeron, Gc, Heap};

fn main() {
    Heap::new().mutate(|mc| {
        let pair = Ephemeron::new(mc, Gc::new(mc, 1), vec![2]);
        pair.value(mc).unwrap().push(3);
    });
}
