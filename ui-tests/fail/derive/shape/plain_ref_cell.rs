// A `RefCell` is not `Sync`, and objects are seen by all threads, whether they hold a `Gc` or not.
use std::cell::RefCell;

use gc::Trace;

#[derive(Trace)]
enum Node {
    Names(Vec<RefCell<String>>),
}

fn main() {}
