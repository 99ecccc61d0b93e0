// A mutation comes from `Heap::mutate` only.
use gc::Mutation;

fn main() {
    let forged: Mutation<'static> = Mutation {};
    drop(forged);
}
