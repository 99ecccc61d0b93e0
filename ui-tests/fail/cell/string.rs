// A `GcCell` holds what is copied; a string belongs in a `GcRefCell`.
use gc::GcCell;

fn main() {
    GcCell::new(String::new());
}
