// Traits of the program whose methods have the names that the emitted code calls.
#![allow(dead_code)]

use gc::{Gc, GcCell, Heap, Trace};

trait Distract: Sized {
    fn trace(&self, _: &mut u8) -> u8 {
        0
    }
    fn trace_tail(&self) {}
    fn and(self, _: Self) {}
    fn or_at(self) {}
    fn drop_kind() {}
    fn masked(&self) {}
    fn root(&self) {}
}
impl<T> Distract for T {}

#[derive(Trace)]
struct Node<'gc, T> {
    value: T,
    next: GcCell<Option<Gc<'gc, Node<'gc, T>>>>,
}
#[derive(Trace)]
#[repr(C, u8)]
enum Value<'gc> {
    A(Gc<'gc, u8>),
    B { text: String, node: Gc<'gc, Node<'gc, u8>> },
}

fn main() {
    Heap::new().mutate(|mc| {
        let node = Gc::new(mc, Node { value: 1_u8, next: GcCell::new(None) });
        Gc::new(mc, [Value::A(Gc::new(mc, node.value)), Value::B { text: String::new(), node }]);
    });
}
