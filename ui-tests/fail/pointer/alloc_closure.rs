// A boxed closure is not looked into, so it cannot have captured a `Gc`.
use gc::{Gc, Heap, Static};

fn main() {
    Heap::new().mutate(|mc| {
        let number = Gc::new(mc, 1_u8);
        let closure: Box<dyn Fn() -> u8 + Send + Sync> = Box::new(move || *number);
        Gc::new(mc, Static(closure));
    });
}
