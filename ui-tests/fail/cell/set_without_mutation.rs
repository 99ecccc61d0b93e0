// A cell is written inside a mutation.
use gc::{Gc, GcCell};

fn write<'gc>(cell: Gc<'gc, GcCell<u64>>) {
    cell.set(1);
}

fn main() {}
