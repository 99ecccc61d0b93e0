// `get_mut` is for a cell that is not shared; one in an object is.
use gc::{Gc, GcRefCell};

fn change<'gc>(cell: Gc<'gc, GcRefCell<u8>>) {
    cell.get_mut();
}

fn main() {}
