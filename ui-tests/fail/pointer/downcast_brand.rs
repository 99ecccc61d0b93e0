// A `Gc` cannot be made of a reference or an address: only the heap makes one.
use gc::Gc;

fn forge<'gc>(number: &'gc u8) -> Gc<'gc, u8> {
    Gc { ptr: number.into(), brand: std::marker::PhantomData }
}

fn main() {}
