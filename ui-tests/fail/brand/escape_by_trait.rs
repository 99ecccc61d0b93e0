// A brand is no less a brand behind a trait: `R` of `mutate` cannot mention it.
use gc::{Gc, Heap};

trait Source {
    type Item;
    fn next(&self) -> Self::Item;
}
impl<'gc> Source for Gc<'gc, Vec<u8>> {
    type Item = &'gc [u8];
    fn next(&self) -> &'gc [u8] {
        Gc::as_ref(*self).as_slice()
    }
}

fn main() {
    let bytes = Heap::new().mutate(|mc| Gc::new(mc, vec![1_u8]).next());
    println!("{bytes:?}");
}
