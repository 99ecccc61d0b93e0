// A type without parameters has no brand to replace.
use gc::Trace;

#[derive(Trace)]
#[trace(no_rebrand)]
struct Plain {
    name: String,
}

fn main() {}
