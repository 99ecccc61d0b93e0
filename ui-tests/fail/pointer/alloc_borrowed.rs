// A value that borrows from the program cannot be stored: the heap may outlive what it borrows.
use gc::{Gc, Heap};

fn main() {
    let text = String::from("short-lived");
    Heap::new().mutate(|mc| {
        Gc::new(mc, text.as_str());
    });
}
