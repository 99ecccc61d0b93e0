// A `Gc` of a mutation is no `Gc<'static, _>`: the brand is made for this mutation only.
use gc::{Gc, Heap};

fn main() {
    let heap = Heap::new();
    let escaped: Gc<'static, u32> = heap.mutate(|mc| Gc::new(mc, 1_u32));
    drop(escaped);
}
