// A `Gc` is no way to send what is not `Send`: there is none of it, not even where a field hides it.
use std::rc::Rc;

use gc::{Gc, Heap, Trace};

#[derive(Trace)]
struct Counted(Rc<u8>);

fn main() {
    Heap::new().mutate(|mc| {
        let counted = Gc::new(mc, Counted(Rc::new(1)));
    });
}
