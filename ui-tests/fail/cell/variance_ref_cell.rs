// A `GcRefCell` is invariant: a value that goes in as one type must not come out as another.
use gc::GcRefCell;

fn shorten<'a>(cell: &'a GcRefCell<&'static str>) -> &'a GcRefCell<&'a str> {
    cell
}

fn main() {}
