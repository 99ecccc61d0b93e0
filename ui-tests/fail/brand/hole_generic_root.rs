// Exploit: where a type is the same at every brand its root could give it without one. That cannot be said
// of a type that holds a `Gc`.
use gc::{Gc, Heap, Rebrand, Root, Trace};

fn get<T, Out: Copy + 'static>(heap: &Heap, root: &Root<T>) -> Out
where
    T: for<'a> Rebrand<At<'a> = Out>,
    Out: for<'a> Trace<'a>,
{
    heap.mutate(|mc| *root.get(mc))
}

fn main() {
    let heap = Heap::new();
    let root: Root<Gc<'static, u8>> = heap.mutate(|mc| mc.root(Gc::new(mc, Gc::new(mc, 1_u8))));
    let escaped: Gc<'static, u8> = get(&heap, &root);
    drop(escaped);
}
