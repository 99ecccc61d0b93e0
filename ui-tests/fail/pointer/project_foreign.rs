// A projection must lead to a type that the collector knows, since the pointer can be stored.
use gc::{Gc, Trace};

struct Foreign;
#[derive(Trace)]
struct Holder {
    foreign: Foreign,
}

fn foreign<'gc>(holder: Gc<'gc, Holder>) -> Gc<'gc, Foreign> {
    Gc::project(holder, |holder| &holder.foreign)
}

fn main() {}
