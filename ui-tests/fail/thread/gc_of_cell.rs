// A `Gc` is no way to share what is not `Sync`: none can be made, not even by projection. (So a `Gc` is `Sync`
// without a question.)
use std::cell::Cell;

use gc::{Gc, Heap};

fn main() {
    Heap::new().mutate(|mc| {
        let whole = Gc::new(mc, 1_u8);
        let part = Gc::project(whole, |_| -> &Cell<u8> { unreachable!() });
        std::thread::scope(|scope| {
            scope.spawn(|| part.get());
        });
    });
}
