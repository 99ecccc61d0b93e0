// What a borrow shows is not seen after it.
use gc::{Gc, GcRefCell, Mutation};

fn read<'gc>(mc: &'gc Mutation<'gc>, cell: Gc<'gc, GcRefCell<String>>) -> &'gc str {
    Gc::as_ref(cell).borrow(mc).as_str()
}

fn main() {}
