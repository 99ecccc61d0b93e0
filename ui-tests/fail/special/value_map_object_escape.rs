// What a map finds has the brand of the mutation.
use gc::{Gc, GcRefCell, Heap, Root, WeakValueMap};

type Map = Root<GcRefCell<WeakValueMap<'static, u32, String>>>;

fn find(heap: &Heap, map: &Map) -> Option<Gc<'static, String>> {
    heap.mutate(|mc| map.get(mc).borrow(mc).get(mc, &1))
}

fn main() {}
