// A plain type may name `Gc<'static, _>` (by a path, of which the derive thinks nothing), and no `Gc` of a mutation is one.
use gc::{Gc, Heap, Trace};

#[derive(Trace)]
struct Plain {
    hidden: Option<gc::Gc<'static, u8>>,
}

fn main() {
    Heap::new().mutate(|mc| {
        let hidden = Some(Gc::new(mc, 1_u8));
        Gc::new(mc, Plain { hidden });
    });
}
