// A projection gives a part of the object, not a value that the closure made.
use gc::Gc;

fn length<'gc>(text: Gc<'gc, String>) -> Gc<'gc, usize> {
    Gc::project(text, |text| &text.len())
}

fn main() {}
