// The closure of `mutate` must work for every brand, not for one of its caller.
use gc::{Gc, GcCell, Heap, Mutation};

fn enter<'gc>(heap: &Heap, cell: &GcCell<Option<Gc<'gc, u8>>>, f: impl FnOnce(&'gc Mutation<'gc>)) {
    let _ = cell;
    heap.mutate(f);
}

fn main() {}
