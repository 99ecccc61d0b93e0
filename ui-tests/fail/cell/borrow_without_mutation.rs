// A cell is borrowed inside a mutation, or its guard could outlive it.
use gc::{Gc, GcRefCell};

fn read<'gc>(cell: Gc<'gc, GcRefCell<u64>>) -> u64 {
    *cell.borrow()
}

fn main() {}
