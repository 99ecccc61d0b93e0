// A hasher is not traced, so it cannot hold a `Gc`.
use std::collections::HashMap;
use std::hash::{BuildHasher, DefaultHasher};

use gc::{Gc, Mutation};

struct Seed<'gc>(Gc<'gc, u64>);
impl BuildHasher for Seed<'_> {
    type Hasher = DefaultHasher;
    fn build_hasher(&self) -> DefaultHasher {
        DefaultHasher::new()
    }
}

fn store<'gc>(mc: &Mutation<'gc>, map: HashMap<u8, u8, Seed<'gc>>) {
    Gc::new(mc, map);
}

fn main() {}
