// An attribute macro takes away a field, and the type derefs to another that has it.
use std::ops::Deref;

use attribute_macros::replace;
use gc::{Gc, Trace};

struct Target {
    next: u64,
}

#[derive(Trace)]
#[replace(struct Node<'gc> { other: Gc<'gc, u8> })]
struct Node<'gc> {
    next: u64,
}
impl Deref for Node<'_> {
    type Target = Target;
    fn deref(&self) -> &Target {
        &Target { next: 1 }
    }
}

const _: gc::implement::Mask = <Node<'static> as Trace<'static>>::MASK;

fn main() {}
