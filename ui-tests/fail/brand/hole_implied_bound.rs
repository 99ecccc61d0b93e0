// Exploit: `&'static &'gc ()` would say that the brand is `'static`. None can be made.
use gc::{Gc, Heap};

fn extend<'gc>(_: &'static &'gc (), number: &'gc u64) -> &'static u64 {
    number
}

fn main() {
    Heap::new().mutate(|mc| {
        let number = Gc::as_ref(Gc::new(mc, 1_u64));
        println!("{}", extend(&&(), number));
    });
}
