// Objects are made inside a mutation.
use gc::Gc;

fn main() {
    let number = Gc::new(1_u8);
    drop(number);
}
