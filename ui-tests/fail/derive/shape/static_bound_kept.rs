// `bound` cannot take away that a `#[trace(static)]` parameter is `'static`.
use gc::{Gc, Trace};

trait Owner: Send + Sync {
    type Owned: Send + Sync;
}
impl<'gc> Owner for Gc<'gc, u8> {
    type Owned = Gc<'gc, u8>;
}

#[derive(Trace)]
#[trace(no_rebrand, bound = "T::Owned: gc::Trace<'gc>")]
struct Holder<#[trace(static)] T: Owner>(T::Owned);

fn store<'gc>(mc: &gc::Mutation<'gc>, edge: Gc<'gc, u8>) {
    let holder: Holder<Gc<'gc, u8>> = Holder(edge);
    Gc::new(mc, vec![holder]);
}

fn main() {}
