//! `#[derive(Word)]`: what goes in comes out, and every word obeys the rule of masked words.
#![allow(clippy::undocumented_unsafe_blocks, reason = "each gives a word back to the type that made it")]

use std::collections::{HashMap, HashSet};
use std::fmt::Debug;
use std::marker::PhantomData;
use std::num::NonZero;

use gc::{Gc, GcCell, GcStr, Heap, Root, Trace, WeakGc, Word};

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

/// The limits of what a word can tell apart: 15 variants, one with a double, seven before and seven after it.
macro_rules! with_a_double {
    ($Enum:ident: $($before:ident),*; Double; $($after:ident),*) => {
        #[derive(Trace, Word, Clone, Copy)]
        enum $Enum<'gc> {
            $($before(Option<Gc<'gc, u64>>),)*
            Double(f64, PhantomData<&'gc u8>),
            $($after((u32, u16)),)*
        }

        impl $Enum<'_> {
            /// Each variant at the ends of what it can hold, and doubles, with the number of edges.
            fn all(doubles: &[f64]) -> Vec<(Self, usize)> {
                #[allow(unused_mut, reason = "one of the enums has no other variant")]
                let mut all: Vec<_> = doubles.iter().map(|&double| (Self::Double(double, PhantomData), 0)).collect();
                $(
                    let ends = [0x1_0000, 0x10_0001, 0xFFFF_FFFF_FFFF];
                    all.extend(ends.map(|address| (Self::$before(Some(gc(address))), 1)));
                    all.push((Self::$before(None), 0));
                )*
                $(all.extend([(0, 0), (u32::MAX, u16::MAX), (1, 0)].map(|pair| (Self::$after(pair), 0)));)*
                all
            }

            /// A number for the variant, and the bits of its value.
            fn key(self) -> (&'static str, u64) {
                match self {
                    $(Self::$before(gc) => {
                        (stringify!($before), gc.map_or(0, |gc| Gc::as_ptr(gc).addr() as u64))
                    })*
                    Self::Double(double, _) if double.is_nan() => ("not a number", 0),
                    Self::Double(double, _) => ("a double", double.to_bits()),
                    $(Self::$after((a, b)) => (stringify!($after), u64::from(a) | u64::from(b) << 32),)*
                }
            }
        }
    };
}

with_a_double!(First: ; Double; A, B, C, D, E, F, G, H, I, J, K, L, M, N);
with_a_double!(Middle: A, B, C, D, E, F, G; Double; H, I, J, K, L, M, N);
with_a_double!(Eighth: A, B, C, D, E, F, G, H; Double; I, J, K, L, M, N);
with_a_double!(Last: A, B, C, D, E, F, G, H, I, J, K, L, M, N; Double; );
with_a_double!(Alone: ; Double; );

/// Doubles at every border, of both signs: of exponents, of mantissas, of the space of NaNs.
fn doubles() -> Vec<f64> {
    let exponents = (0..=0x7FF_u64).map(|exponent| exponent << 52);
    let mantissas = (0..52).flat_map(|bit| [1_u64 << bit, (1 << bit) - 1, (1 << 52) - (1 << bit)]);
    let mantissas: Vec<_> =
        mantissas.chain([0x8_0000_0000_0000, 0x7_FFFF_FFFF_FFFF, 0xF_FFFF_FFFF_FFFF]).collect();
    let bits = exponents.flat_map(|exponent| mantissas.iter().map(move |mantissa| exponent | mantissa));
    let both = bits.flat_map(|bits| [bits, bits | 1 << 63]).map(f64::from_bits);
    let known = [0.0, -0.0, 1.0, f64::MAX, f64::MIN, f64::INFINITY, f64::NEG_INFINITY, f64::NAN, -f64::NAN];
    both.chain(known).collect()
}

/// What goes in comes out, and nothing but an edge looks like one.
#[test]
fn doubles_lie_beside_edges() {
    macro_rules! check {
        ($($Enum:ident)*) => {$({
            let mut words = HashMap::new();
            for (value, edges) in $Enum::all(&doubles()) {
                let (word, key) = (value.into_word(), value.key());
                let back = unsafe { $Enum::from_word(word) };
                assert_eq!(back.key(), key, "{word:p}");
                let is_edge = (0x1_0000..15 << 48).contains(&word.addr());
                assert_eq!(is_edge, edges == 1, "{key:?} is {word:p}");
                assert_eq!(*words.entry(word.addr()).or_insert(key), key, "two values of one word");
            }
            for (value, edges) in $Enum::all(&[0.0, f64::NAN, f64::NEG_INFINITY]) {
                assert_edges(&GcCell::new(value), edges);
                assert_edges(&value, edges);
            }
        })*};
    }
    check!(First Middle Eighth Last Alone);
}

/// More kinds of objects than a tag tells apart; some of them, 15 apart from no other, may be at odd addresses.
#[derive(Trace, Word, Clone, Copy, Debug)]
#[rustfmt::skip]
enum Kind<'gc> {
    A0(Gc<'gc, u64>), A1(Gc<'gc, u64>), A2(Gc<'gc, u64>), A3(Gc<'gc, u64>), A4(u32),
    A5(Gc<'gc, u64>), A6(Gc<'gc, u8>), A7(WeakGc<'gc, u8>), A8(Option<Gc<'gc, u64>>), A9,
    A10(Gc<'gc, u8>), A11(Gc<'gc, u8>), A12(Gc<'gc, u8>), A13(Gc<'gc, u8>), A14(Gc<'gc, u64>),
    B0(Gc<'gc, u64>), B1(u8), B2(Gc<'gc, u64>), B3(Gc<'gc, u64>), B4(u16),
    B5(Gc<'gc, u64>), B6, B7(WeakGc<'gc, u8>), B8(Option<Gc<'gc, u64>>), B9(()),
    B10, B11, B12, B13, B14(GcStr<'gc>),
    C0(Gc<'gc, u64>), C1(Gc<'gc, u64>), C2(Gc<'gc, u64>), C3(Option<Gc<'gc, u64>>),
}

/// Every kind at some addresses, with the number of edges. `odd` are for those of which the type says nothing about addresses.
fn kinds() -> Vec<(Kind<'static>, usize)> {
    macro_rules! all {
        ($even:expr, $odd:expr; even: $($E:ident)*; odd: $($O:ident)*; options: $($P:ident)*) => {
            vec![
                $((Kind::$E(gc($even)), 1),)*
                $((Kind::$O(gc($odd)), 1),)*
                $((Kind::$P(Some(gc($even))), 1), (Kind::$P(None), 0),)*
            ]
        };
    }
    let addresses = [(0x1_0000, 0x1_0000), (0x7FFF_FFFF_FFF8, 0x7FFF_FFFF_FFFF), (0x10_0008, 0x10_0005)];
    let mut all: Vec<_> = addresses
        .into_iter()
        .flat_map(|(even, odd)| {
            all! {
                even, odd; even: A0 A1 A2 A3 A5 A14 B0 B2 B3 B5 C0 C1 C2;
                odd: A6 A10 A11 A12 A13; options: A8 B8 C3
            }
        })
        .collect();
    all.extend([(Kind::A4(u32::MAX), 0), (Kind::A9, 0), (Kind::B1(255), 0), (Kind::B6, 0), (Kind::B10, 0)]);
    all.extend([(Kind::B4(7), 0), (Kind::B9(()), 0), (Kind::B11, 0), (Kind::B12, 0), (Kind::B13, 0)]);
    all.extend([(Kind::A7(WeakGc::dangling()), 0), (Kind::B7(WeakGc::dangling()), 0)]);
    all
}

#[test]
fn many_kinds_of_objects_are_told_apart() {
    let mut words = HashMap::new();
    for (value, edges) in kinds() {
        let word = value.into_word();
        let back = unsafe { Kind::from_word(word) };
        let kind = std::mem::discriminant(&value);
        assert_eq!((std::mem::discriminant(&back), back.into_word()), (kind, word));
        assert_eq!((0x1_0000..15 << 48).contains(&word.addr()), edges == 1, "{kind:?} is {word:p}");
        assert_eq!(*words.entry(word.addr()).or_insert(kind), kind, "two kinds have one word");
        assert_edges(&value, edges);
    }
}

/// Both kinds of pointers, the weak ones too, lead to their objects and keep them, whatever the low bits say.
#[test]
fn many_kinds_of_objects_are_kept() {
    let heap = Heap::new();
    let root: Root<[GcCell<Kind<'static>>]> = heap.mutate(|mc| {
        let number = |n: u64| Gc::new(mc, n);
        let bytes = Gc::new(mc, [0_u8, 1, 2, 3, 4, 5, 6, 7]);
        let byte = |n: usize| Gc::project(bytes, |bytes| &bytes[n]);
        let weak = Gc::downgrade(byte(3), mc);
        let all = [
            Kind::A0(number(0)),
            Kind::B0(number(1)),
            Kind::C0(number(2)),
            Kind::A6(byte(5)),
            Kind::A7(weak),
            Kind::B7(weak),
            Kind::B8(Some(number(3))),
            Kind::C3(Some(number(4))),
            Kind::A10(byte(7)),
            Kind::B14(GcStr::new(mc, "8")),
        ];
        mc.root(Gc::from_iter(mc, all.map(GcCell::new)))
    });
    heap.collect().unwrap();
    heap.mutate(|mc| {
        let all = root.get(mc);
        let numbers = all.iter().map(|cell| match cell.get() {
            Kind::A0(n) | Kind::B0(n) | Kind::C0(n) | Kind::B8(Some(n)) | Kind::C3(Some(n)) => *n,
            Kind::A6(n) | Kind::A10(n) => u64::from(*n),
            Kind::B14(text) => text.parse().unwrap(),
            Kind::A7(n) | Kind::B7(n) => u64::from(*n.upgrade(mc).expect("its bytes are kept")),
            other => panic!("{other:?}"),
        });
        assert_eq!(numbers.collect::<Vec<_>>(), [0, 1, 2, 5, 3, 3, 3, 4, 7, 8]);
    });
}

#[derive(Trace, Word, Clone, Copy, Debug, PartialEq)]
enum Operator {
    Plus,
    Minus,
}

#[derive(Trace, Word, Clone, Copy, Debug, PartialEq)]
enum Small {
    NonZero(NonZero<u32>),
    Signed(Option<NonZero<i8>>),
    Optional(Option<u32>),
    Letter(Option<char>),
    Pair((u32, Option<u8>)),
    Nested((Operator, (bool, Option<bool>), char)),
    Operator(Operator),
    Nothing(Option<()>),
}

#[test]
fn small_values_fit_a_variant() {
    let one = NonZero::<u32>::MIN;
    let mut all = vec![Small::NonZero(one), Small::NonZero(NonZero::<u32>::MAX)];
    all.extend([None, NonZero::new(-1_i8), NonZero::new(i8::MIN)].map(Small::Signed));
    all.extend([None, Some(0), Some(u32::MAX)].map(Small::Optional));
    all.extend([None, Some('\0'), Some(char::MAX)].map(Small::Letter));
    all.extend([(0, None), (u32::MAX, None), (0, Some(0)), (u32::MAX, Some(u8::MAX))].map(Small::Pair));
    for flags in [(true, None), (false, Some(false)), (true, Some(true))] {
        let nested = |operator, letter| Small::Nested((operator, flags, letter));
        all.extend([nested(Operator::Minus, char::MAX), nested(Operator::Plus, 'x')]);
    }
    all.extend([Operator::Plus, Operator::Minus].map(Small::Operator));
    all.extend([None, Some(())].map(Small::Nothing));
    for &value in &all {
        assert_eq!(GcCell::new(value).get(), value);
    }
    let words: HashSet<_> = all.iter().map(|value| value.into_word().addr()).collect();
    assert_eq!(words.len(), all.len());
}

#[test]
fn numbers_that_are_not_zero_fit_a_cell() {
    let cell = GcCell::new(NonZero::new(u64::MAX));
    assert_eq!(cell.get(), NonZero::new(u64::MAX));
    assert_eq!(GcCell::new(None::<NonZero<i32>>).get(), None);
    assert_eq!(GcCell::new(NonZero::new(i64::MIN)).get(), NonZero::new(i64::MIN));
    assert_eq!(GcCell::new(NonZero::<u8>::MAX).get(), NonZero::<u8>::MAX);
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
