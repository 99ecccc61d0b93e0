// A value cannot be moved out of an object: clone it, or use a cell.
use gc::Gc;

fn unwrap<'gc>(text: Gc<'gc, String>) -> String {
    *text
}

fn main() {}
