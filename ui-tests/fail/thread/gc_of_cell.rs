// A `Gc` is no way to share what is not `Sync`, whatever its brand.
use std::cell::Cell;

use gc::Gc;

fn share<T: Sync>() {}

fn main() {
    share::<Gc<'static, Cell<u8>>>();
}
