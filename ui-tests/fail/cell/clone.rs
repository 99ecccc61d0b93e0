// A cell cannot be cloned: it would read its contents unguarded.
use gc::{Gc, GcRefCell};

fn copy<'gc>(cell: Gc<'gc, GcRefCell<u8>>) -> GcRefCell<u8> {
    (*cell).clone()
}

fn main() {}
