// A `static` field of a `static` type.
use gc::Trace;

#[derive(Trace)]
#[trace(static)]
struct Plain {
    #[trace(static)]
    name: String,
}

fn main() {}
