//! The masks of derived types, asserted at compile time. `repr(C)` fixes the offsets.
#![forbid(unsafe_code)]
#![allow(dead_code, reason = "only the types matter, not their values")]
#![allow(
    unused_parens,
    explicit_outlives_requirements,
    clippy::upper_case_acronyms,
    reason = "the derive must understand them"
)]

use std::collections::HashMap;
use std::marker::PhantomData;
use std::sync::Mutex;

use gc::implement::Mask;
use gc::{Gc, GcCell, Trace, Word};

type Ptr<'gc> = Gc<'gc, u8>;
type Link<'gc> = Option<Gc<'gc, u8>>;

/// Asserts mask (of up to 64 words), `TAIL`, `LEAF` and `POINTER`.
macro_rules! assert_type {
    ($($T:ty: $mask:literal $(, $flag:ident)*;)*) => {$(
        const _: () = {
            let flags = [$(stringify!($flag)),*];
            assert!(<$T as Trace<'static>>::MASK.equals(Mask::from_words([$mask, 0, 0, 0])));
            assert!(<$T as Trace<'static>>::TAIL == contains(&flags, b'T'));
            assert!(<$T as Trace<'static>>::LEAF == contains(&flags, b'L'));
            assert!(<$T as Trace<'static>>::POINTER == contains(&flags, b'P'));
        };
    )*};
}

/// Whether a flag starts with the letter.
const fn contains(flags: &[&str], letter: u8) -> bool {
    let mut i = 0;
    while i < flags.len() {
        if flags[i].as_bytes()[0] == letter {
            return true;
        }
        i += 1;
    }
    false
}

#[derive(Trace)]
struct Unit;
#[derive(Trace)]
struct Empty {}
#[derive(Trace)]
struct Parens();
#[derive(Trace)]
struct Plain {
    child: std::process::Child,
    call: Box<dyn Fn() + Send + Sync>,
}
#[derive(Trace)]
struct PlainArray<const N: usize>([u64; N]);
#[derive(Trace)]
struct One<'gc>(Ptr<'gc>);
#[derive(Trace)]
struct OneAndNothing<'gc>((), Ptr<'gc>, PhantomData<&'static u8>);
#[derive(Trace)]
struct OneLink<'gc>(Link<'gc>);
#[derive(Trace)]
struct OneCell<'gc>(GcCell<Link<'gc>>);
#[derive(Trace)]
#[repr(C)]
struct Two<'gc>(u64, Ptr<'gc>, u8, Link<'gc>);
#[derive(Trace)]
#[repr(C)]
struct Named<'gc> {
    a: u8,
    b: Ptr<'gc>,
    c: [Ptr<'gc>; 3],
    d: (Ptr<'gc>, Ptr<'gc>),
}
#[derive(Trace)]
#[repr(C)]
struct Nested<'gc> {
    key: u64,
    two: Two<'gc>,
    one: Option<One<'gc>>,
}
#[derive(Trace)]
#[repr(C)]
struct WithTail<'gc> {
    next: Ptr<'gc>,
    rest: Vec<Ptr<'gc>>,
}
#[derive(Trace)]
#[repr(C)]
struct MaybeTwo<'gc>(Option<Two<'gc>>, Ptr<'gc>);
#[derive(Trace)]
struct Only<'gc>(u64, PhantomData<fn(&'gc ()) -> &'gc ()>);
#[derive(Trace)]
struct Function<'gc>(fn(&Gc<'gc, u8>) -> Ptr<'gc>);
#[derive(Trace)]
#[repr(C)]
struct FunctionInParens<'gc> {
    f: (fn(&Gc<'gc, u8>)),
    g: Ptr<'gc>,
}
#[derive(Trace)]
#[repr(C)]
struct Skips<'gc> {
    #[trace(static)]
    lock: Mutex<u64>,
    g: Ptr<'gc>,
}
#[derive(Trace)]
#[repr(C)]
struct Recursive<'gc> {
    next: Option<Gc<'gc, Self>>,
    down: GcCell<Option<Gc<'gc, Recursive<'gc>>>>,
    owned: Option<Box<Recursive<'gc>>>,
}
#[derive(Trace)]
#[repr(align(64))]
struct Aligned<'gc>(Ptr<'gc>);
#[derive(Trace)]
struct Wrapper<T>(T);
#[derive(Trace)]
#[repr(C)]
struct Pair<A, B = u64>(A, B)
where
    A: Sized;
#[derive(Trace)]
#[repr(C)]
struct Both<'gc, A, B: 'gc>(A, Gc<'gc, B>);
#[derive(Trace)]
struct Many<T, const N: usize>([T; N]);
#[derive(Trace)]
struct Rose<T>(T, Vec<Self>);
#[derive(Trace)]
enum Json {
    Null,
    Number(f64),
    Array(Vec<Json>),
    Object(HashMap<String, Self>),
}
#[derive(Trace)]
struct Ping(Vec<Pong>);
#[derive(Trace)]
struct Pong(Option<Box<Ping>>);
#[derive(Trace)]
enum Tree<'gc, T> {
    Leaf,
    Node(T, Vec<Tree<'gc, T>>),
    Link { to: Gc<'gc, Tree<'gc, T>> },
}
#[derive(Trace)]
enum Maybe<T> {
    Nothing,
    Just(T),
}
#[derive(Trace)]
enum Never {}
#[derive(Trace)]
enum Fieldless {
    A = 7,
    B,
}
#[derive(Trace)]
#[trace(static)]
struct Declared<T>(T, Box<dyn Fn(T) + Send + Sync>);
#[derive(Trace)]
#[repr(C)]
struct Table<'gc, #[trace(static)] K: Ord, V = u8> {
    key: K,
    value: Gc<'gc, V>,
}
#[derive(Trace)]
#[trace(bound = "T: Word<'gc>")]
struct CellOf<T>(GcCell<T>);
#[derive(Trace)]
struct UnsizedTarget<'gc, T: ?Sized>(PhantomData<T>, Ptr<'gc>);
#[derive(Trace)]
#[repr(C)]
struct Late<'gc>([u64; 255], Ptr<'gc>);
#[derive(Trace)]
#[repr(C)]
struct TooLate<'gc>([u64; 256], Ptr<'gc>);
#[derive(Trace, Word, Clone, Copy)]
enum Value<'gc> {
    Nil,
    Int(i32),
    Object(Ptr<'gc>),
}
#[derive(Trace)]
#[repr(C)]
struct Scheme<'gc>(GcCell<Value<'gc>>, GcCell<Value<'gc>>, Value<'gc>);

assert_type! {
    Unit: 0, Leaf;
    Empty: 0, Leaf;
    Parens: 0, Leaf;
    Plain: 0, Leaf;
    PlainArray<4>: 0, Leaf;
    One<'static>: 0b1, Pointer;
    OneAndNothing<'static>: 0b1, Pointer;
    OneLink<'static>: 0b1;
    OneCell<'static>: 0b1;
    Two<'static>: 0b1010;
    Named<'static>: 0b111_1110;
    Nested<'static>: 0b11_0100;
    WithTail<'static>: 0b1, Tail;
    MaybeTwo<'static>: 0b1_0000, Tail;
    Only<'static>: 0;
    Function<'static>: 0;
    FunctionInParens<'static>: 0b10;
    Recursive<'static>: 0b11, Tail;
    Aligned<'static>: 0b1;
    Wrapper<u8>: 0, Leaf;
    Wrapper<Ptr<'static>>: 0b1, Pointer;
    Wrapper<Vec<String>>: 0, Leaf;
    Wrapper<Vec<Ptr<'static>>>: 0, Tail;
    Wrapper<Two<'static>>: 0b1010;
    Wrapper<Option<Wrapper<Ptr<'static>>>>: 0b1;
    Wrapper<PhantomData<u8>>: 0;
    Pair<u8>: 0, Leaf;
    Pair<Ptr<'static>>: 0b01;
    Pair<u8, Ptr<'static>>: 0b10;
    Pair<Pair<u8, Link<'static>>, Pair<Ptr<'static>>>: 0b110;
    Both<'static, u8, u8>: 0b10;
    Both<'static, [Ptr<'static>; 4], u8>: 0b1_1111;
    Many<Ptr<'static>, 5>: 0b1_1111;
    Many<Pair<u8, Ptr<'static>>, 3>: 0b10_1010;
    Many<Ptr<'static>, 0>: 0;
    Many<u64, 1000>: 0, Leaf;
    Rose<u8>: 0, Leaf;
    Json: 0, Leaf;
    Ping: 0, Leaf;
    Pong: 0, Leaf;
    Tree<'static, u8>: 0, Tail;
    Maybe<u8>: 0, Leaf;
    Maybe<Ptr<'static>>: 0, Tail;
    Never: 0, Leaf;
    Fieldless: 0, Leaf;
    Declared<String>: 0, Leaf;
    Table<'static, u64>: 0b10;
    Table<'static, Vec<u8>, u16>: 0b1000;
    CellOf<u64>: 0, Leaf;
    CellOf<Ptr<'static>>: 0b1;
    CellOf<Value<'static>>: 0b1;
    UnsizedTarget<'static, str>: 0b1, Pointer;
    Scheme<'static>: 0b0011, Tail;
}

const _: () = assert!(<Skips<'static> as Trace<'static>>::MASK.count() == 1);
const _: () = assert!(<Late<'static> as Trace<'static>>::MASK.has(255));
const _: () = assert!(!<TooLate<'static> as Trace<'static>>::MASK.fits());
const _: () = assert!(!<Many<Ptr<'static>, 257> as Trace<'static>>::MASK.fits());

/// A library-made niche: `None` of a type that is one pointer is the null.
const _: () = assert!(size_of::<Option<OneAndNothing<'static>>>() == 8);

/// Enums of documented layout: the masks of all variants.
macro_rules! assert_variants {
    ($($T:ty: $common:literal, $tail:literal, [$($mask:literal),*];)*) => {$(
        const _: () = {
            let (variants, expected) = (<$T as Trace<'static>>::VARIANTS, [$($mask),*]);
            assert!(variants.len() == expected.len());
            let mut i = 0;
            while i < expected.len() {
                assert!(variants[i].equals(Mask::from_words([expected[i], 0, 0, 0])));
                i += 1;
            }
            assert!(<$T as Trace<'static>>::MASK.equals(Mask::from_words([$common, 0, 0, 0])));
            assert!(<$T as Trace<'static>>::TAIL == $tail);
        };
    )*};
}

#[derive(Trace)]
#[repr(u8)]
enum Byte<'gc> {
    A(u8, Ptr<'gc>),
    B { x: Ptr<'gc>, y: u64 },
    C(u32, Link<'gc>, Ptr<'gc>),
}
#[derive(Trace)]
#[repr(i64)]
enum Wide<'gc> {
    A(Ptr<'gc>) = -5,
    B(u8, Ptr<'gc>) = 900,
    C = 0,
}
#[derive(Trace)]
#[repr(C)]
enum AsInC<'gc> {
    A(Ptr<'gc>),
    B(u8, Ptr<'gc>),
}
#[derive(Trace)]
#[repr(C)]
enum AsInCAligned<'gc> {
    A(Ptr<'gc>),
    B(u128, Ptr<'gc>),
}
#[derive(Trace)]
#[repr(C, u8)]
enum AsInCByte<'gc, T> {
    A(u8, T),
    B(Ptr<'gc>, Vec<T>),
}
#[derive(Trace)]
#[repr(u16)]
enum Single<'gc> {
    Only(u8, Ptr<'gc>),
}
#[derive(Trace)]
#[repr(u8)]
enum Either<L, R> {
    Left(L),
    Right(R),
}
#[derive(Trace)]
#[repr(u8)]
enum NamedLikeConstants<'gc> {
    MASK(Ptr<'gc>),
    TAIL(Ptr<'gc>),
    LEAF,
}

assert_variants! {
    Byte<'static>: 0b10, true, [0b10, 0b10, 0b110];
    Wide<'static>: 0, true, [0b010, 0b100, 0];
    AsInC<'static>: 0, true, [0b010, 0b100];
    AsInCAligned<'static>: 0, true, [0b0100, 0b1_0000];
    AsInCByte<'static, Ptr<'static>>: 0, true, [0b100, 0b010];
    AsInCByte<'static, u8>: 0, true, [0, 0b010];
    Single<'static>: 0b10, false, [0b10];
    Either<Ptr<'static>, Ptr<'static>>: 0b10, false, [0b10, 0b10];
    Either<Ptr<'static>, Link<'static>>: 0b10, false, [0b10, 0b10];
    Either<Ptr<'static>, u8>: 0, true, [0b10, 0];
    Either<u8, u8>: 0, false, [0, 0];
    // No value is ever in the other variant, so it does not count.
    Either<Ptr<'static>, std::convert::Infallible>: 0b10, false, [0b10, 0];
    Either<std::convert::Infallible, std::convert::Infallible>: 0, false, [0, 0];
    NamedLikeConstants<'static>: 0, true, [0b10, 0b10, 0];
}
