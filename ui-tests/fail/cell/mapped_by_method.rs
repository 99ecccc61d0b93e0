// A guard has associated functions only, so as not to hide the methods of its contents.
use gc::{Gc, GcRefCell, Mutation};

fn read<'gc>(mc: &'gc Mutation<'gc>, cell: Gc<'gc, GcRefCell<(u32, u32)>>) -> u32 {
    *cell.borrow(mc).map(|pair| &pair.0)
}

fn main() {}
