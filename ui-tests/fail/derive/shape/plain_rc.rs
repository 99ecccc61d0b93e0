// An `Rc` is not sendable, and objects are seen by all threads, whether they hold a `Gc` or not.
use gc::Trace;

#[derive(Trace)]
struct Node {
    field: std::rc::Rc<u8>,
}

fn main() {}
