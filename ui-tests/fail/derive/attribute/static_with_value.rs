// `static` has no value.
use gc::Trace;

#[derive(Trace)]
#[trace(static = "true")]
struct Plain {
    name: String,
}

fn main() {}
