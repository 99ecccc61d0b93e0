// What an exclusive guard of a part shows does not get out of the closure: the guard shows it, too.
use gc::{Gc, GcRefCell, Mutation, RefMut};

fn both<'gc>(mc: &'gc Mutation<'gc>, cell: Gc<'gc, GcRefCell<(u32, u32)>>) {
    let mut stolen = None;
    let guard = RefMut::map(cell.borrow_mut(mc), |pair| {
        stolen = Some(&mut pair.0);
        &mut pair.1
    });
    drop((guard, stolen));
}

fn main() {}
