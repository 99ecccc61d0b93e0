// A guard that was borrowed on a thread that has joined a mutation ends before the thread leaves, and not with the brand.
use gc::{Gc, GcRefCell, Mutation};

fn on_fork<'gc>(mc: &'gc Mutation<'gc>, cell: Gc<'gc, GcRefCell<u32>>) {
    let seed = mc.fork();
    let guard = seed.enter(|mc| cell.borrow_mut(mc));
    drop(guard);
}

fn main() {}
