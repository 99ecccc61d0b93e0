// Two values cannot be exchanged if one is in an object: others may look at it.
use gc::Gc;

fn swap<'gc>(text: Gc<'gc, String>, other: &mut String) {
    std::mem::swap(&mut *text, other);
}

fn main() {}
