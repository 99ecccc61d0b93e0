// A value that is written once is read by all threads, so it must be `Sync`.
use std::cell::Cell;

use gc::GcOnce;

fn share<T: Sync>() {}

fn main() {
    share::<GcOnce<Cell<u8>>>();
}
