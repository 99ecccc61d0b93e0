// A `Cell` of std under another name: only its type tells that threads cannot share it.
use std::cell::Cell as Slot;

use gc::Trace;

#[derive(Trace)]
struct Counter {
    count: Slot<u64>,
}

fn main() {}
