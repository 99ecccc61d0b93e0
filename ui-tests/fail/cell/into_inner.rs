// Contents are moved out of a cell that is owned; one in an object is not.
use gc::{Gc, GcRefCell};

fn take<'gc>(cell: Gc<'gc, GcRefCell<String>>) -> String {
    cell.into_inner()
}

fn main() {}
