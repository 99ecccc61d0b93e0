// A `static` type is not traced, so a bound has no effect.
use gc::Trace;

#[derive(Trace)]
#[trace(static, bound = "T: Clone")]
struct Plain<T>(T);

fn main() {}
