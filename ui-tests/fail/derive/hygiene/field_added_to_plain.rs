// An attribute macro adds a field with a `Drop` to a plain type: the collector would not know what its drop
// runs.
use attribute_macros::append;
use gc::Trace;

struct Loud;
impl Drop for Loud {
    fn drop(&mut self) {
        println!("user code");
    }
}

#[derive(Trace)]
#[append(extra: Loud,)]
struct Plain {
    number: u64,
}

fn main() {}
