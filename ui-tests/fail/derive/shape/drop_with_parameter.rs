// A type that can hold a `Gc` through its parameter has no `Drop`.
use gc::Trace;

#[derive(Trace)]
struct Holder<T>(T);
impl<T> Drop for Holder<T> {
    fn drop(&mut self) {}
}

fn main() {}
