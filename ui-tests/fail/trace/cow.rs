// A `Cow` is not looked into, so no `Gc` can be in one.
use std::borrow::Cow;

use gc::{Gc, Heap};

fn main() {
    Heap::new().mutate(|mc| {
        Gc::new(mc, Cow::Owned(vec![Gc::new(mc, 1_u8)]) as Cow<'_, [Gc<'_, u8>]>);
    });
}
