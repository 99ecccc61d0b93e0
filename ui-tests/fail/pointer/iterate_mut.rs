// The elements of an object cannot be borrowed mutably: make them cells.
use gc::Gc;

fn clear<'gc>(numbers: Gc<'gc, [u8]>) {
    for number in numbers.iter_mut() {
        *number = 0;
    }
}

fn main() {}
