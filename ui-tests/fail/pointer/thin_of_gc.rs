// A `Gc<[T]>` may lead to any part of an object, where no length lies in front: no `GcSlice` is made of it.
use gc::{Gc, GcSlice, Heap};

fn main() {
    Heap::new().mutate(|mc| {
        let numbers: Gc<'_, [u32]> = Gc::from_slice(mc, &[1, 2, 3]);
        let thin: GcSlice<'_, u32> = numbers.into();
        assert_eq!(thin.len(), 3);
    });
}
