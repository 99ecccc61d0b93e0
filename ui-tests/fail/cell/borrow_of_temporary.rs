// A guard of a field borrows from the pointer, which ends with the statement. Give the pointer a name.
use gc::{Gc, GcRefCell, Heap, Root, Trace};

#[derive(Trace)]
struct State<'gc> {
    names: GcRefCell<Vec<Gc<'gc, String>>>,
}

fn add(heap: &Heap, root: &Root<State<'static>>) {
    heap.mutate(|mc| {
        let mut names = root.get(mc).names.borrow_mut(mc);
        names.push(Gc::new(mc, "Ada".into()));
    });
}

fn main() {}
