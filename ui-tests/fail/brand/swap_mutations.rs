// Two mutations cannot be exchanged: their brands differ.
use gc::Heap;

fn main() {
    let (a, b) = (Heap::new(), Heap::new());
    a.mutate(|mut of_a| b.mutate(|mut of_b| std::mem::swap(&mut of_a, &mut of_b)));
}
