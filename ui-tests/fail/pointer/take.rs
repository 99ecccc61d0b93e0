// Nothing can be taken out of an object: others may look at it.
use gc::Gc;

fn take<'gc>(list: Gc<'gc, Vec<u8>>) -> Vec<u8> {
    std::mem::take(&mut *list)
}

fn main() {}
