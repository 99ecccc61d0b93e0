//! Traits of the program whose methods have the names that the emitted code calls.
#![allow(dead_code)]
#![allow(clippy::wrong_self_convention, reason = "the names are those of the derive")]

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

/// By value, as the methods are that the emitted code means.
trait DistractByValue: Sized {
    fn variant(self) {}
    fn own(self) {}
    fn no_shape(self) {}
    fn field(self) {}
    fn of_struct(self) {}
    fn phantom(self) {}
    fn assert_static(self) {}
    fn is_static(self) {}
    fn is_at(self) {}
    fn is_word_at(self) {}
    fn no_edges(self) -> gc::implement::Mask {
        gc::implement::Mask::EMPTY
    }
    fn place(self) {}
    fn address(self) {}
    fn or_field(self, mask: gc::implement::Mask) -> gc::implement::Mask {
        mask
    }
    fn is_absent(self) -> bool {
        true
    }
    fn tagged(self) {}
    fn tagged_ref(self) {}
    fn common_mask(self) {}
    fn exceed(self) {}
    fn probe(self) {}
    fn refuse_drop(self) {}
    fn no_drop(self) {}
    fn unknown_drop(self) {}
    fn both_drops(self) {}
    fn drop_of_fields(self) {}
    fn packs_edge(self) {}
    fn immediate_word(self) {}
    fn packed_word(self) {}
    fn variant_of(self) {}
    fn field_of_word(self) {}
}
impl<T> DistractByValue for T {}

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

#[derive(Trace, gc::Word, Clone, Copy)]
enum Packed<'gc> {
    Number(i32),
    Nothing,
    Pointer(Gc<'gc, u8>),
}

#[derive(Trace)]
struct Plain(Vec<u8>);

const _: () = assert!(<Node<'static, u8> as Trace<'static>>::MASK.count() == 1);

fn main() {
    Heap::new().mutate(|mc| {
        let node = Gc::new(mc, Node { value: 1_u8, next: GcCell::new(None) });
        Gc::new(mc, GcCell::new(Packed::Pointer(Gc::new(mc, 1))));
        Gc::new(mc, Plain(vec![1]));
        Gc::new(mc, [Value::A(Gc::new(mc, node.value)), Value::B { text: String::new(), node }]);
    });
}
