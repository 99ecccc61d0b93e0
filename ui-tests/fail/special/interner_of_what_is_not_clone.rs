// To intern by reference is to clone.
use gc::{Gc, Heap, Interner, Trace};

#[derive(Trace, PartialEq, Eq, Hash)]
struct Name(String);

fn main() {
    Heap::new().mutate(|mc| {
        let names = Gc::new(mc, Interner::new());
        names.intern(mc, &Name(String::from("name")));
    });
}
