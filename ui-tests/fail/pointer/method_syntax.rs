// Functions of `Gc` are associated functions, so that they never hide those of the object.
use gc::Gc;

fn same<'gc>(a: Gc<'gc, u8>, b: Gc<'gc, u8>) -> bool {
    a.ptr_eq(b)
}

fn main() {}
