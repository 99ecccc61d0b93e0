// A shared borrow does not write.
use gc::{Gc, GcRefCell, Mutation};

fn push<'gc>(mc: &Mutation<'gc>, cell: Gc<'gc, GcRefCell<Vec<u8>>>) {
    cell.borrow(mc).push(1);
}

fn main() {}
