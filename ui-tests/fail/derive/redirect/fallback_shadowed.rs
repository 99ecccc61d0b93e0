// What a probe answers if a type does not implement a trait is the derive's word alone: a trait of the program with
// such a method is an ambiguity.
use gc::Trace;

trait Otherwise: Sized {
    fn own_drop_kind_or<R>(self, otherwise: R) -> R {
        otherwise
    }
}
impl<T> Otherwise for T {}

#[derive(Trace)]
struct Plain(Vec<u8>);

fn main() {}
