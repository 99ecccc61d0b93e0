//! Hundreds of types made by a macro: for values of each, mask and tail together must report what the full
//! trace reports, and that must be exactly the edges that were put in. Numbers in the values look like
//! addresses, so that a word which is wrongly taken for an edge is noticed.
#![allow(clippy::large_enum_variant, reason = "variants of all sizes are the point")]

use gc::{Gc, GcCell, Trace, Word};

use super::{assert_edges, gc};

/// Makes values, and counts the edges in them.
struct Maker {
    /// State of the generator: xorshift.
    state: u64,
    n_edges: usize,
}

impl Maker {
    fn next(&mut self, below: usize) -> usize {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        usize::try_from(self.state % below as u64).expect("smaller than a usize")
    }

    /// A number that looks like the address of an object.
    fn address(&mut self) -> usize {
        0x7F00_0000_0000 + 16 * self.next(1 << 32)
    }
}

/// A type of which values can be made.
trait Sample: Trace<'static> {
    fn sample(maker: &mut Maker) -> Self;
}

type Ptr<'gc> = Gc<'gc, u16>;
type Link<'gc> = Option<Gc<'gc, u16>>;

impl Sample for Ptr<'static> {
    fn sample(maker: &mut Maker) -> Self {
        maker.n_edges += 1;
        gc(maker.address())
    }
}

macro_rules! sample_numbers {
    ($($T:ty: |$n:ident| $value:expr;)*) => {$(
        impl Sample for $T {
            fn sample(maker: &mut Maker) -> Self {
                let $n = maker.address();
                $value
            }
        }
    )*};
}
sample_numbers! {
    u8: |n| n.to_le_bytes()[1];
    u32: |n| u32::try_from(n & 0x7FFF_FFF0).expect("31 bits");
    u64: |n| n as u64;
    u128: |n| (n as u128) << 64 | n as u128;
    f64: |n| f64::from_bits(n as u64);
    bool: |n| n & 16 != 0;
    char: |n| char::from(n.to_le_bytes()[1]);
    (): |_n| ();
    String: |n| format!("{n:x}");
    usize: |n| n;
}

impl<T: Sample> Sample for Option<T> {
    fn sample(maker: &mut Maker) -> Self {
        (maker.next(3) != 0).then(|| T::sample(maker))
    }
}
impl<T: Sample, const N: usize> Sample for [T; N] {
    fn sample(maker: &mut Maker) -> Self {
        std::array::from_fn(|_| T::sample(maker))
    }
}
impl<T: Sample> Sample for Vec<T> {
    fn sample(maker: &mut Maker) -> Self {
        (0..maker.next(6)).map(|_| T::sample(maker)).collect()
    }
}
impl<T: Sample> Sample for Box<T> {
    fn sample(maker: &mut Maker) -> Self {
        Self::new(T::sample(maker))
    }
}
impl<A: Sample, B: Sample> Sample for (A, B) {
    fn sample(maker: &mut Maker) -> Self {
        (A::sample(maker), B::sample(maker))
    }
}
impl<A: Sample, B: Sample, C: Sample> Sample for (A, B, C) {
    fn sample(maker: &mut Maker) -> Self {
        (A::sample(maker), B::sample(maker), C::sample(maker))
    }
}
impl<T: Sample + Word<'static>> Sample for GcCell<T> {
    fn sample(maker: &mut Maker) -> Self {
        Self::new(T::sample(maker))
    }
}

/// Implements `Sample` for a struct, or for an enum whose variants it picks from.
macro_rules! sample {
    (impl [$($p:ident)*] $T:ty: $($number:literal => $($Path:ident)::+ { $($member:tt),* })*) => {
        impl<$($p: Sample),*> Sample for $T {
            fn sample(maker: &mut Maker) -> Self {
                const N: usize = [$($number),*].len();
                match maker.next(N) {
                    $($number => $($Path)::+ { $($member: Sample::sample(maker)),* },)*
                    _ => unreachable!(),
                }
            }
        }
    };
}

#[derive(Trace, Word, Clone, Copy)]
enum Value<'gc> {
    Nil,
    Int(u32),
    Object(Ptr<'gc>),
    Maybe(Link<'gc>),
}
sample!(impl [] Value<'static>:
    0 => Value::Nil {}
    1 => Value::Int { 0 }
    2 => Value::Object { 0 }
    3 => Value::Maybe { 0 });

#[derive(Trace)]
struct Wrap<T>(u8, T);
sample!(impl [T] Wrap<T>: 0 => Wrap { 0, 1 });

#[derive(Trace)]
enum PlainOf<'gc, T> {
    Empty,
    One(T),
    Two { number: u64, value: T, pointer: Ptr<'gc> },
}
sample!(impl [T] PlainOf<'static, T>:
    0 => PlainOf::Empty {}
    1 => PlainOf::One { 0 }
    2 => PlainOf::Two { number, value, pointer });

#[derive(Trace)]
#[repr(u8)]
enum ByteOf<'gc, T> {
    Empty,
    One(T),
    Two { number: u64, value: T, pointer: Ptr<'gc> },
}
sample!(impl [T] ByteOf<'static, T>:
    0 => ByteOf::Empty {}
    1 => ByteOf::One { 0 }
    2 => ByteOf::Two { number, value, pointer });

/// Values of this many seeds are checked of every type.
const SEEDS: u64 = 24;

/// Checks values of the type. Returns how many edges were in the fullest.
fn check<T: Sample>() -> usize {
    let mut most = 0;
    for seed in 1..=SEEDS {
        let mut maker = Maker { state: seed.wrapping_mul(0x9E37_79B9_7F4A_7C15), n_edges: 0 };
        let value = T::sample(&mut maker);
        assert_edges(&value, maker.n_edges);
        most = most.max(maker.n_edges);
    }
    most
}

/// For three field types: a module of types that have them as fields. `check` returns how many types it checked.
macro_rules! generate {
    ($gc:lifetime; $($module:ident: $A:ty, $B:ty, $C:ty;)*) => {
        $(mod $module {
            use super::*;

            #[derive(Trace)]
            struct Named<$gc> { a: $A, b: $B, g: Ptr<$gc>, c: $C }
            sample!(impl [] Named<'static>: 0 => Named { a, b, g, c });

            #[derive(Trace)]
            struct Tuple<$gc>(Ptr<$gc>, $C, $B, $A);
            sample!(impl [] Tuple<'static>: 0 => Tuple { 0, 1, 2, 3 });

            #[derive(Trace)]
            #[repr(C)]
            struct AsInC<$gc> { a: $A, g: Ptr<$gc>, b: $B, c: $C }
            sample!(impl [] AsInC<'static>: 0 => AsInC { a, g, b, c });

            #[derive(Trace)]
            #[repr(align(32))]
            struct Aligned<$gc>($A, Link<$gc>, $B);
            sample!(impl [] Aligned<'static>: 0 => Aligned { 0, 1, 2 });

            #[derive(Trace)]
            struct Generic<$gc, X, Y>(X, [Y; 2], Ptr<$gc>, Wrap<X>);
            sample!(impl [X Y] Generic<'static, X, Y>: 0 => Generic { 0, 1, 2, 3 });

            #[derive(Trace)]
            struct OfGeneric<$gc>(Generic<$gc, $A, $B>, Generic<$gc, $B, Wrap<$C>>);
            sample!(impl [] OfGeneric<'static>: 0 => OfGeneric { 0, 1 });

            #[derive(Trace)]
            struct Nested<$gc> { first: Named<$gc>, wrapped: Wrap<Tuple<$gc>>, many: [AsInC<$gc>; 2] }
            sample!(impl [] Nested<'static>: 0 => Nested { first, wrapped, many });

            #[derive(Trace)]
            enum Plain<$gc> { Zero, One($A), Two { b: $B, g: Ptr<$gc> }, Three($C, $A, $B) }
            sample!(impl [] Plain<'static>:
                0 => Plain::Zero {} 1 => Plain::One { 0 } 2 => Plain::Two { b, g } 3 => Plain::Three { 0, 1, 2 });

            #[derive(Trace)]
            #[repr(u8)]
            enum Byte<$gc> { Zero = 9, One($A) = 3, Two { b: $B, g: Ptr<$gc> }, Three($C, $A, $B) = 255 }
            sample!(impl [] Byte<'static>:
                0 => Byte::Zero {} 1 => Byte::One { 0 } 2 => Byte::Two { b, g } 3 => Byte::Three { 0, 1, 2 });

            #[derive(Trace)]
            #[repr(C)]
            enum EnumInC<$gc> { Zero, One($A), Two { g: Ptr<$gc>, b: $B }, Three($C, $A, $B) }
            sample!(impl [] EnumInC<'static>:
                0 => EnumInC::Zero {} 1 => EnumInC::One { 0 } 2 => EnumInC::Two { b, g }
                3 => EnumInC::Three { 0, 1, 2 });

            #[derive(Trace)]
            #[repr(C, u8)]
            enum EnumInCByte<$gc> { One($B, $A), Two { c: $C, g: Ptr<$gc>, b: $B }, Three($C) }
            sample!(impl [] EnumInCByte<'static>:
                0 => EnumInCByte::One { 0, 1 } 1 => EnumInCByte::Two { c, b, g } 2 => EnumInCByte::Three { 0 });

            #[derive(Trace)]
            #[repr(i32)]
            enum Common<$gc> { One(Ptr<$gc>, $B, $A) = -1, Two(Link<$gc>, $C), Three(Ptr<$gc>, u64) = 70_000 }
            sample!(impl [] Common<'static>:
                0 => Common::One { 0, 1, 2 } 1 => Common::Two { 0, 1 } 2 => Common::Three { 0, 1 });

            #[derive(Trace)]
            #[repr(usize)]
            enum OfEnums<$gc> { One(Byte<$gc>, $A), Two { list: Vec<EnumInC<$gc>>, c: Common<$gc> } }
            sample!(impl [] OfEnums<'static>: 0 => OfEnums::One { 0, 1 } 1 => OfEnums::Two { list, c });

            pub(super) fn check() -> usize {
                let most = [
                    super::check::<Named<'static>>(),
                    super::check::<Tuple<'static>>(),
                    super::check::<AsInC<'static>>(),
                    super::check::<Aligned<'static>>(),
                    super::check::<OfGeneric<'static>>(),
                    super::check::<Nested<'static>>(),
                    super::check::<Plain<'static>>(),
                    super::check::<Byte<'static>>(),
                    super::check::<EnumInC<'static>>(),
                    super::check::<EnumInCByte<'static>>(),
                    super::check::<Common<'static>>(),
                    super::check::<OfEnums<'static>>(),
                ];
                assert!(most.iter().all(|&edges| edges > 0), "types without an edge in any value: {most:?}");
                assert!(most[5] >= 4, "several edges");
                // In containers, where other code reads the masks.
                super::check::<(u8, [Byte<'static>; 3], Option<Common<'static>>)>();
                super::check::<Vec<Option<OfEnums<'static>>>>();
                most.len()
            }
        })*

        #[test]
        fn mask_and_tail_report_what_the_trace_reports() {
            let n_types: usize = [$($module::check()),*].iter().sum();
            assert!(n_types >= 200, "{n_types} types");
        }
    };
}

generate! { 'gc;
    numbers: u8, u64, u32;
    wide_numbers: u128, usize, bool;
    one_pointer: u8, Ptr<'gc>, u64;
    pointers: Ptr<'gc>, Ptr<'gc>, Ptr<'gc>;
    links: Link<'gc>, u8, Link<'gc>;
    cells: GcCell<Link<'gc>>, u64, GcCell<u64>;
    values: Value<'gc>, GcCell<Value<'gc>>, u8;
    cells_of_values: GcCell<Value<'gc>>, GcCell<Ptr<'gc>>, Value<'gc>;
    arrays: [Ptr<'gc>; 3], u8, [Link<'gc>; 2];
    arrays_of_tuples: [(u8, Ptr<'gc>); 2], bool, [[Link<'gc>; 2]; 2];
    tuples: (u8, Ptr<'gc>), (Ptr<'gc>, u64, Link<'gc>), char;
    nested_tuples: ((Ptr<'gc>, u8), Link<'gc>), (), (u64, (u8, (u8, Ptr<'gc>)));
    owned: Vec<Ptr<'gc>>, Box<Ptr<'gc>>, String;
    owned_options: Option<Box<Ptr<'gc>>>, Option<Vec<Link<'gc>>>, u64;
    optional_tuples: Option<(u8, Ptr<'gc>)>, Option<(Ptr<'gc>, bool)>, f64;
    optional_options: Option<Link<'gc>>, Option<u64>, Option<Option<u8>>;
    wrapped: Wrap<Ptr<'gc>>, Wrap<u64>, Wrap<Wrap<Link<'gc>>>;
    plain_enums: PlainOf<'gc, u8>, u64, PlainOf<'gc, Ptr<'gc>>;
    byte_enums: ByteOf<'gc, u8>, u64, ByteOf<'gc, Ptr<'gc>>;
    enums_in_arrays: [ByteOf<'gc, Link<'gc>>; 2], PlainOf<'gc, [u64; 2]>, Option<ByteOf<'gc, u8>>;
    cells_in_arrays: [GcCell<Value<'gc>>; 3], (GcCell<Link<'gc>>, u8), Vec<GcCell<Ptr<'gc>>>;
    large: [u64; 40], [Ptr<'gc>; 70], [Link<'gc>; 2];
    too_large: [u64; 300], Ptr<'gc>, u8;
}
