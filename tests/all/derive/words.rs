//! `#[derive(Word)]`: what goes in comes out, and every word obeys the rule of masked words.
#![allow(clippy::undocumented_unsafe_blocks, reason = "each gives a word back to the type that made it")]

use std::fmt::Debug;
use std::marker::PhantomData;

use gc::{Gc, GcCell, Trace, Word};

use super::{assert_edges, gc};

#[derive(Trace, Word, Clone, Copy)]
enum Value<'gc> {
    Nil,
    Int(i32),
    Char(char),
    Float { value: f32, brand: PhantomData<&'gc u8> },
    Flag(bool),
    Object(Gc<'gc, Node<'gc>>),
    Weak(Option<Gc<'gc, u8>>),
    Unit(()),
}

#[derive(Trace)]
struct Node<'gc> {
    first: GcCell<Value<'gc>>,
    second: GcCell<Value<'gc>>,
}

impl Debug for Value<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match *self {
            Self::Nil => write!(f, "nil"),
            Self::Int(n) => write!(f, "{n}"),
            Self::Char(c) => write!(f, "{c:?}"),
            Self::Float { value, brand: PhantomData } => write!(f, "{value:?}f"),
            Self::Flag(flag) => write!(f, "{flag}"),
            Self::Object(object) => write!(f, "object {:p}", Gc::as_ptr(object)),
            Self::Weak(weak) => write!(f, "weak {:?}", weak.map(Gc::as_ptr)),
            Self::Unit(()) => write!(f, "unit"),
        }
    }
}

fn values() -> Vec<(Value<'static>, usize)> {
    let float = |value| Value::Float { value, brand: PhantomData };
    vec![
        (Value::Nil, 0),
        (Value::Int(i32::MIN), 0),
        (Value::Int(0x10_0000), 0),
        (Value::Int(-1), 0),
        (Value::Char('\u{10FFFF}'), 0),
        (float(-0.0), 0),
        (float(f32::NAN), 0),
        (Value::Flag(true), 0),
        (Value::Flag(false), 0),
        (Value::Object(gc(0x10_0000)), 1),
        (Value::Object(gc(0x7FFF_FFFF_FFF8)), 1),
        (Value::Weak(Some(gc(0x10_0001))), 1),
        (Value::Weak(None), 0),
        (Value::Weak(Some(gc(16))), 0),
        (Value::Unit(()), 0),
    ]
}

#[test]
fn what_goes_in_comes_out() {
    const { assert!(<Value<'static> as Word<'static>>::EDGE) };
    for (value, _) in values() {
        let word = value.into_word();
        let back = unsafe { Value::from_word(word) };
        assert_eq!(format!("{value:?}"), format!("{back:?}"));
        assert_eq!(format!("{value:?}"), format!("{:?}", GcCell::new(value).get()));
    }
}

#[test]
fn words_are_edges_or_immediate() {
    for (value, edges) in values() {
        let word = value.into_word().addr();
        assert_eq!(word >> 63, 1 - edges, "{value:?}");
        assert!(edges == 0 || word >= 0x1_0000);
        assert_edges(&GcCell::new(value), edges);
        assert_edges(&value, edges);
        let node = Node { first: GcCell::new(value), second: GcCell::new(Value::Object(gc(0x30_0000))) };
        assert_edges(&node, edges + 1);
    }
}

#[test]
fn different_values_are_different_words() {
    let mut words: Vec<_> = values().iter().map(|(value, _)| value.into_word().addr()).collect();
    words.sort_unstable();
    words.dedup();
    assert_eq!(words.len(), values().len());
}

#[derive(Trace, Word, Clone, Copy, Debug, PartialEq)]
#[repr(u8)]
enum Plain {
    First = 200,
    Second = 7,
    Third(u16),
}

#[derive(Trace, Word, Clone, Copy, Debug, PartialEq)]
struct Degrees(f64);

#[derive(Trace, Word, Clone, Copy)]
struct Reference<'gc> {
    kind: PhantomData<u8>,
    target: Option<Gc<'gc, Node<'gc>>>,
}

#[derive(Trace, Word)]
struct Handle<'gc, T>(Gc<'gc, T>, PhantomData<T>);
impl<T> Clone for Handle<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Handle<'_, T> {}

#[derive(Trace, Word, Clone, Copy)]
#[trace(bound = "T: Word<'gc>")]
struct Wrapped<T>(T);

#[derive(Trace, Word)]
enum Either<'gc, A, B> {
    A(Gc<'gc, A>),
    B(Gc<'gc, B>),
}
impl<A, B> Clone for Either<'_, A, B> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<A, B> Copy for Either<'_, A, B> {}

#[test]
fn words_without_edges() {
    const { assert!(!<Plain as Word<'static>>::EDGE) };
    for value in [Plain::First, Plain::Second, Plain::Third(0), Plain::Third(u16::MAX)] {
        assert_eq!(GcCell::new(value).get(), value);
        assert_edges(&GcCell::new(value), 0);
    }
    assert_eq!(GcCell::new(Degrees(-1.5)).get(), Degrees(-1.5));
    const { assert!(<GcCell<Degrees> as Trace<'static>>::LEAF) };
}

#[test]
fn newtypes_are_the_word_of_their_field() {
    assert_edges(&GcCell::new(Reference { kind: PhantomData, target: Some(gc(0x10_0000)) }), 1);
    assert_edges(&GcCell::new(Reference { kind: PhantomData, target: None }), 0);
    assert_edges(&GcCell::new(Handle(gc::<String>(0x10_0000), PhantomData)), 1);
    assert_edges(&GcCell::new(Wrapped(Some(gc::<u8>(0x10_0000)))), 1);
    assert_edges(&GcCell::new(Wrapped(Plain::Third(9))), 0);
    assert_edges(&GcCell::new(Either::<u8, String>::A(gc(0x10_0000))), 1);
    assert_edges(&GcCell::new(Either::<u8, String>::B(gc(0x10_0000))), 1);
    assert!(matches!(GcCell::new(Either::<u8, String>::B(gc(0x10_0000))).get(), Either::B(_)));
}

#[test]
fn cells_of_words_are_rootable() {
    fn rootable<'gc, T: gc::AtBrand<'gc>>() {}
    fn at<'gc>(_: &'gc ()) {
        rootable::<'gc, GcCell<Value<'gc>>>();
        rootable::<'gc, GcCell<Handle<'gc, String>>>();
        rootable::<'gc, GcCell<Wrapped<Value<'gc>>>>();
        rootable::<'gc, GcCell<Either<'gc, u8, Gc<'gc, u8>>>>();
        rootable::<'gc, GcCell<Plain>>();
    }
    at(&());
}
