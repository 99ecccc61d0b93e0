// `get_mut` is for a cell that is not shared; one in an object is.
use gc::{Gc, GcOnce};

fn change<'gc>(cell: Gc<'gc, GcOnce<u8>>) {
    cell.get_mut();
}

fn main() {}
