// Whether a type has a `Drop` of its own is asked of the type first, whatever traits of the program are in scope, and only one
// answer is good enough.
use gc::{Gc, Trace};

trait Answer: Sized {
    fn own_drop(self) -> gc::__private::NoOwnDrop {
        <() as Trace<'static>>::DERIVED.probe::<u8>().own_drop()
    }
}
impl<T> Answer for T {}

#[derive(Trace)]
struct Node<'gc>(Gc<'gc, u8>);

impl Drop for Node<'_> {
    fn drop(&mut self) {}
}

mod silent {
    use gc::{Gc, Trace};

    trait Silence: Sized {
        fn own_drop(self) {}
    }
    impl<T> Silence for T {}

    #[derive(Trace)]
    struct Fit<'gc>(Gc<'gc, u8>);
}

fn main() {}
