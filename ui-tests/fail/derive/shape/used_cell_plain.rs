// A `Cell` of std that is named through `use`, in a type without a brand.
use std::cell::Cell;

use gc::Trace;

#[derive(Trace)]
struct Counter {
    count: Cell<u64>,
}

fn main() {}
