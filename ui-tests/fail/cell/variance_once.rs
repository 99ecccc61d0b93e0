// A `GcOnce` is invariant: a value that goes in as one type must not come out as another.
use gc::GcOnce;

fn shorten<'a>(cell: &'a GcOnce<&'static str>) -> &'a GcOnce<&'a str> {
    cell
}

fn main() {}
