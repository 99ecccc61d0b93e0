// What is leaked inside a mutation still lives as long as its brand only, not for ever.
use gc::{Gc, Heap};

fn main() {
    Heap::new().mutate(|mc| {
        let leaked: &'static mut Gc<'_, u32> = Box::leak(Box::new(Gc::new(mc, 1)));
        println!("{leaked}");
    });
}
