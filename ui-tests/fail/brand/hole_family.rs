// Exploit: a family of types whose member for this brand is one of another.
use gc::{Gc, Heap, Trace};

trait Family: Send + Sync + 'static {
    type Member<'x>: Send + Sync;
}
#[derive(Trace)]
struct AtStatic;
impl Family for AtStatic {
    type Member<'x> = Gc<'static, u64>;
}
#[derive(Trace)]
#[trace(no_rebrand, bound = "F::Member<'gc>: Trace<'gc>")]
struct Holder<'gc, #[trace(static)] F: Family>(F::Member<'gc>);

fn main() {
    Heap::new().mutate(|mc| {
        let holder: Holder<'_, AtStatic> = Holder(Gc::new(mc, 1));
        Gc::new(mc, holder);
    });
}
