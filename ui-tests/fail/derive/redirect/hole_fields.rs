// `crate` names a module with the real traits and a `Fields` that everything is, so that a field would be shown to nobody.
#![forbid(unsafe_code)]
use gc::{Gc, Heap};

mod fake {
    pub use gc::{Rebrand, Trace};
    pub mod __private {
        pub use gc::__private::{DropKind, DropWalk, Mask, Shape, Tracer, bool};

        pub trait Fields<'gc> {
            fn field<T>(&mut self, _: &'static str, _: &T) {}
        }
        impl<'gc, F> Fields<'gc> for F {}
    }
}

#[derive(gc::Trace)]
#[trace(crate = "fake")]
enum Value<'gc> {
    Nil,
    Text(Gc<'gc, String>),
}

#[derive(gc::Trace)]
#[trace(crate = "fake")]
struct Pair<'gc>(Gc<'gc, u8>, Gc<'gc, u8>);

fn main() {
    Heap::new().mutate(|mc| {
        Gc::new(mc, Value::Nil);
        Gc::new(mc, Value::Text(Gc::new(mc, String::new())));
    });
}
