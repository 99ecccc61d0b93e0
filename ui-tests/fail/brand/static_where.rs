// A type that asks its brand to be `'static` can be declared and never be stored.
use gc::{Gc, Heap, Trace};

type Borrowed<'gc> = &'gc Gc<'gc, u8>;

#[derive(Trace)]
#[trace(no_rebrand)]
struct Hidden<'gc>(Borrowed<'gc>)
where
    'gc: 'static;

fn main() {
    Heap::new().mutate(|mc| {
        let hidden = Hidden(Box::leak(Box::new(Gc::new(mc, 1_u8))));
        Gc::new(mc, hidden);
    });
}
