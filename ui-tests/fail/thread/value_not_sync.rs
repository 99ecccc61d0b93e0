// Objects are seen by all threads of the heap, and by the collector: a value must be `Sync`.
use gc::Trace;

#[derive(Trace)]
struct Counter {
    count: std::cell::Cell<u8>,
}

fn main() {}
