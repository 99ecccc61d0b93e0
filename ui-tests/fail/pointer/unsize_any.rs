// `dyn Any` is not known to the collector: it may hold anything.
use gc::Gc;

fn erase<'gc>(text: Gc<'gc, String>) {
    Gc::unsize::<dyn std::any::Any>(text, |text| text);
}

fn main() {}
