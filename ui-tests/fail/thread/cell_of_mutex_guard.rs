// A cell is as sendable as what is in it.
use std::sync::MutexGuard;

use gc::GcRefCell;

fn send<T: Send>() {}

fn main() {
    send::<GcRefCell<MutexGuard<'static, u8>>>();
}
