// The two halves of an exclusive guard do not show the same.
use gc::{Gc, GcRwLock, Mutation, WriteGuard};

fn split<'gc>(mc: &'gc Mutation<'gc>, cell: Gc<'gc, GcRwLock<u32>>) {
    let (one, other) = WriteGuard::map_split(cell.write(mc), |number| (&mut *number, &mut *number));
    drop((one, other));
}

fn main() {}
