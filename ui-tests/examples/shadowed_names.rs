//! Names of the program that the emitted code could take for its own.
#![allow(dead_code, non_camel_case_types, unused_imports, unused_macros)]
#![allow(clippy::upper_case_acronyms, reason = "the names are those of the derive")]

use gc::{Gc, Trace};

struct Option;
struct Some;
struct None;
struct Vec;
struct Box;
struct String;
struct Send;
struct Sync;
struct PhantomData;
struct Self_;
struct Tracer;
struct Mask;
struct DropKind;
struct DropWalk;
struct Rebrand;
mod core {}
mod std {}
mod gc_private {}
macro_rules! panic {
    () => {};
}
#[allow(non_upper_case_globals)]
mod constants {
    pub const tracer: u8 = 0;
    pub const field0: u8 = 0;
}
use constants::*;

#[derive(Trace)]
struct Node<'gc, T, MASK, Trace> {
    tracer: T,
    __tracer: MASK,
    self_: Gc<'gc, u8>,
    walk: Trace,
    r#type: Option,
}
#[derive(Trace)]
struct OptionHolder(Option, Some, None, Vec, Box, String);
unsafe impl<'gc> gc::Trace<'gc> for Option {
    const MASK: gc::implement::Mask = gc::implement::Mask::EMPTY;
    const TAIL: bool = false;
    const LEAF: bool = true;
    fn trace(&self, _: &mut gc::implement::Tracer) {}
    fn trace_tail(&self, _: &mut gc::implement::Tracer) {}
}

#[derive(Trace)]
enum Variants<'gc> {
    MASK,
    LEAF(Gc<'gc, u8>),
    Self_ { __field0: Gc<'gc, u8>, tracer: u8 },
    __field1(u8),
}

#[derive(Trace)]
#[repr(u8)]
enum Documented<'gc, EMPTY> {
    VARIANTS,
    __value(Gc<'gc, EMPTY>),
    __TagOfVariant { this: EMPTY },
}

fn main() {
    ::gc::Heap::new().mutate(|mc| {
        let self_ = Gc::new(mc, 1_u8);
        Gc::new(mc, Node { tracer, __tracer: self_, self_, walk: 1_u8, r#type: Option });
        Gc::new(mc, [Variants::MASK, Variants::LEAF(self_), Variants::Self_ { __field0: self_, tracer }]);
        Gc::new(mc, Documented::__TagOfVariant { this: 1_u8 });
        Gc::new(mc, OptionHolder(Option, Some, None, Vec, Box, String));
        Gc::new(mc, (Variants::__field1(1), Documented::__value(self_)));
    });
}
