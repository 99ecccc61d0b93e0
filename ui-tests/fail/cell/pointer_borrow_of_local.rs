// A guard borrowed through a pointer lasts no longer than the brand of the pointer.
use gc::{Gc, GcRefCell, Mutation, Ref};

fn longer<'gc, 'm>(mc: &'m Mutation<'m>, cell: Gc<'gc, GcRefCell<u32>>) -> Ref<'m, u32> {
    cell.borrow(mc)
}

fn main() {}
