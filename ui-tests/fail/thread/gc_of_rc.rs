// A `Gc` is no way to send what is not `Send`: none can be made. (So a `Gc` is `Send` without a question.)
use std::rc::Rc;

use gc::{Gc, Heap};

fn main() {
    Heap::new().mutate(|mc| {
        let counted = Gc::new(mc, Rc::new(1));
        std::thread::scope(|scope| {
            scope.spawn(|| Rc::clone(&counted));
        });
    });
}
