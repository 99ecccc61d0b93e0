// What a guard of a part shows is not seen after it.
use gc::{Gc, GcRefCell, Mutation, Ref};

fn read<'gc>(mc: &'gc Mutation<'gc>, cell: Gc<'gc, GcRefCell<Vec<String>>>) -> &'gc str {
    let guard = Ref::map(cell.borrow(mc), |names| names[0].as_str());
    &guard
}

fn main() {}
