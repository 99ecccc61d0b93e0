// Cells of std that are named through `use`, in a type with a brand: each message says what to use.
use std::cell::{Cell, RefCell};
use std::rc::Rc;

use gc::{Gc, Trace};

#[derive(Trace)]
struct Linked<'gc> {
    next: Cell<Option<Gc<'gc, u8>>>,
}

#[derive(Trace)]
struct Named<'gc> {
    next: Gc<'gc, u8>,
    names: RefCell<Vec<String>>,
    shared: Rc<RefCell<Gc<'gc, u8>>>,
}

fn main() {}
