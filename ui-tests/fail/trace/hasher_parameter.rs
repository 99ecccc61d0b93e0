// A hasher that is a `#[trace(static)]` parameter cannot hold a `Gc` either.
use std::collections::HashMap;

use gc::{Gc, Mutation, Trace};

#[derive(Trace)]
struct Table<'gc, #[trace(static)] S> {
    rows: HashMap<u8, Gc<'gc, u8>, S>,
}
#[derive(Trace)]
struct Seed<'gc>(Gc<'gc, u8>);

fn store<'gc>(mc: &Mutation<'gc>, seed: Seed<'gc>) {
    Gc::new(mc, Table { rows: HashMap::with_hasher(seed) });
}

fn main() {}
