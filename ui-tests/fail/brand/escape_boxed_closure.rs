// A boxed closure is `'static` unless it says otherwise, so it cannot capture a `Gc`.
use gc::Gc;

fn later<'gc>(number: Gc<'gc, u32>) -> Box<dyn Fn() -> u32> {
    Box::new(move || *number)
}

fn main() {}
