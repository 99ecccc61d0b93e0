// A `GcCell` is invariant: a value that goes in as one type must not come out as another.
use gc::GcCell;

fn shorten<'a>(cell: &'a GcCell<&'static u8>) -> &'a GcCell<&'a u8> {
    cell
}

fn main() {}
