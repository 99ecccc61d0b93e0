// A borrow does not outlive its cell.
use gc::{GcRefCell, Mutation, Ref};

fn read<'gc>(mc: &'gc Mutation<'gc>) -> Ref<'gc, String> {
    let cell = GcRefCell::new(String::new());
    cell.borrow(mc)
}

fn main() {}
