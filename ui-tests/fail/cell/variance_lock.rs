// A `GcRwLock` is invariant: a value that goes in as one type must not come out as another.
use gc::GcRwLock;

fn shorten<'a>(cell: &'a GcRwLock<&'static str>) -> &'a GcRwLock<&'a str> {
    cell
}

fn main() {}
