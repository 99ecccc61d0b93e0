// An exclusive guard of a part is invariant: what is written through it goes into the cell.
use gc::RefMut;

fn shorten<'a>(guard: RefMut<'a, [&'static str]>) -> RefMut<'a, [&'a str]> {
    guard
}

fn main() {}
