// A `Gc` gives shared access: methods that change their value cannot be called.
use gc::Gc;

fn push<'gc>(list: Gc<'gc, Vec<u8>>) {
    list.push(1);
}

fn main() {}
