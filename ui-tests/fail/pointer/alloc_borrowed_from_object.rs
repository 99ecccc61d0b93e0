// A reference into an object cannot be stored: it would not keep the object. Store a `Gc` made by `project`.
use gc::{Gc, Mutation};

fn store<'gc>(mc: &Mutation<'gc>, text: Gc<'gc, String>) {
    Gc::new(mc, Gc::as_ref(text));
}

fn main() {}
