// A `Cow` is not looked into, whatever its owned type is made of.
use std::borrow::{Borrow, Cow};
use std::marker::PhantomData;

use gc::{Gc, Mutation, Trace};

struct Borrowed<'x>(PhantomData<fn(&'x ()) -> &'x ()>);
#[derive(Trace)]
struct Owned<'gc>(Gc<'gc, u8>);
impl<'x> Borrow<Borrowed<'x>> for Owned<'x> {
    fn borrow(&self) -> &Borrowed<'x> {
        unimplemented!()
    }
}
impl<'x> ToOwned for Borrowed<'x> {
    type Owned = Owned<'x>;
    fn to_owned(&self) -> Owned<'x> {
        unimplemented!()
    }
}

fn store<'gc>(mc: &Mutation<'gc>, owned: Owned<'gc>) {
    let cow: Cow<'gc, Borrowed<'gc>> = Cow::Owned(owned);
    Gc::new(mc, cow);
}

fn main() {}
