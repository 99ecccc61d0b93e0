// A mutation belongs to the thread that entered.
use gc::Heap;

fn send<T: Send>(_: T) {}

fn main() {
    Heap::new().mutate(|mc| send(mc));
}
