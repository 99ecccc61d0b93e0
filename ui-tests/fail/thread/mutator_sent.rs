// A mutator is a thread that is attached: it cannot become another.
use gc::Heap;

fn main() {
    let mut mutator = Heap::new().attach();
    std::thread::spawn(move || mutator.mutate(|_| ()));
}
