// An ephemeron stays where it is.
use gc::{Ephemeron, Gc, GcRefCell, Heap};

fn main() {
    Heap::new().mutate(|mc| {
        let pair = Ephemeron::new(mc, Gc::new(mc, 1), String::from("value"));
        Gc::new(mc, GcRefCell::new(*pair));
    });
}
