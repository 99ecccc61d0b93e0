// Exploit: a type argument without edges, from which the type takes an associated type that is one.
// Arguments without edges are `'static`, and so is what is made of them.
use gc::{Gc, Mutation, Static, Trace};

trait Owner {
    type Owned;
}
impl<'x> Owner for Static<fn(&'x ()) -> &'x ()> {
    type Owned = Gc<'x, u64>;
}
#[derive(Trace)]
#[trace(no_rebrand, bound = "T::Owned: Trace<'gc>")]
struct Holder<T: Owner>(T::Owned);

fn store<'gc>(mc: &Mutation<'gc>) {
    let holder: Holder<Static<fn(&'gc ()) -> &'gc ()>> = Holder(Gc::new(mc, 1));
    Gc::new(mc, vec![holder]);
}

fn main() {}
