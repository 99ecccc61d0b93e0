// A brand cannot be lengthened.
use gc::Gc;

fn lengthen<'a: 'b, 'b>(gc: Gc<'b, u8>) -> Gc<'a, u8> {
    gc
}

fn main() {}
