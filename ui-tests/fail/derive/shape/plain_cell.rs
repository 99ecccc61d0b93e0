// A `Cell` is not `Sync`, and objects are seen by all threads, whether they hold a `Gc` or not.
use gc::Trace;

#[derive(Trace)]
struct Node {
    field: std::cell::Cell<u8>,
}

fn main() {}
