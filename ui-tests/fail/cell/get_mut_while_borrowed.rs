// A cell that is borrowed is shared.
use gc::{GcRefCell, Mutation};

fn change<'gc>(mc: &Mutation<'gc>, mut cell: GcRefCell<u8>) {
    let guard = cell.borrow(mc);
    *cell.get_mut() = 1;
    drop(guard);
}

fn main() {}
