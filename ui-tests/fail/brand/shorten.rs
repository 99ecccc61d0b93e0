// A brand cannot be shortened: `Gc` is invariant in it, or two brands could be made one.
use gc::Gc;

fn shorten<'a: 'b, 'b>(gc: Gc<'a, u8>) -> Gc<'b, u8> {
    gc
}

fn main() {}
