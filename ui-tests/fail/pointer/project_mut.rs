// A projection gives shared access, as the pointer does.
use gc::Gc;

fn first<'gc>(pair: Gc<'gc, (u8, u8)>) {
    Gc::project(pair, |pair| &mut pair.0);
}

fn main() {}
