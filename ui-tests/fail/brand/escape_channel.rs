// A channel that outlives the mutation cannot carry a `Gc`.
use gc::{Gc, Heap};

fn main() {
    let (sender, receiver) = std::sync::mpsc::channel();
    Heap::new().mutate(|mc| sender.send(Gc::new(mc, 1_u32)).unwrap());
    drop(receiver.recv());
}
