// What a probe answers if a type does not implement a trait is the derive's word alone: a trait of the program with
// such a method is an ambiguity.
use gc::{Gc, Trace};

trait Otherwise: Sized {
    fn own_drop_or<R>(self, otherwise: R) -> R {
        otherwise
    }
}
impl<T> Otherwise for T {}

#[derive(Trace)]
struct Node<'gc>(Gc<'gc, u8>);

fn main() {}
