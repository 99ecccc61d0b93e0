// A cell holds values of its type.
use gc::{Gc, GcCell, Mutation};

fn write<'gc>(mc: &Mutation<'gc>, cell: Gc<'gc, GcCell<Option<Gc<'gc, u8>>>>, wide: Gc<'gc, u16>) {
    cell.set(mc, Some(wide));
}

fn main() {}
