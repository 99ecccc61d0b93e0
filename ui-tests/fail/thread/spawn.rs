// A thread that may outlive the mutation cannot use its objects.
use gc::{Gc, Heap};

fn main() {
    Heap::new().mutate(|mc| {
        let number = Gc::new(mc, 1_u32);
        std::thread::spawn(move || *number);
    });
}
