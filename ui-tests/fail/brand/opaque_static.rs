// An opaque type that says `'static` cannot hide a `Gc`.
use gc::Gc;

fn hide<'gc>(number: Gc<'gc, u64>) -> impl Fn() -> u64 + Send + Sync + 'static {
    move || *number
}

fn main() {}
