// `dyn Any` holds `'static` values only: a downcast would give the `Gc` any brand.
use std::any::Any;

use gc::{Gc, Heap};

fn main() {
    Heap::new().mutate(|mc| {
        let erased: Box<dyn Any> = Box::new(Gc::new(mc, 1_u32));
        drop(erased);
    });
}
