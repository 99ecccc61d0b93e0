// A `GcCell` holds one word.
use gc::GcCell;

fn main() {
    GcCell::new(1_u128);
}
