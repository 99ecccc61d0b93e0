//! Sixty types of objects: five families in four sizes and three alignments.
//!
//! Each object knows its number, and its contents follow from it, so that memory which was lost, shared or given
//! to another is noticed when the object is checked.

use std::sync::Arc;

use gc::{DynTrace, Gc, Mutation, Trace, dyn_trace};

use crate::canary::{Canary, Ledger};

/// An object of any of the types.
pub trait Kind<'gc>: DynTrace<'gc> + 'gc {
    /// Its number, after all its contents were compared.
    fn check(&self) -> u64;
}
dyn_trace!(dyn Kind<'gc>);

/// Makes an object.
pub type Make = for<'gc> fn(&Mutation<'gc>, u64, &Arc<Ledger>) -> Gc<'gc, dyn Kind<'gc>>;

/// A number and bytes that follow from it.
#[derive(Debug, Trace)]
struct Body<const N: usize> {
    number: u64,
    bytes: [u8; N],
}

fn byte(number: u64, at: usize) -> u8 {
    let at = u64::try_from(at).expect("a number of 64 bits");
    (number.wrapping_mul(0x9E37_79B9) >> 8).wrapping_add(at.wrapping_mul(7)).to_le_bytes()[0]
}

impl<const N: usize> Body<N> {
    fn new(number: u64) -> Self {
        Self { number, bytes: core::array::from_fn(|at| byte(number, at)) }
    }

    #[track_caller]
    fn check(&self) -> u64 {
        let kept = self.bytes.iter().enumerate().all(|(at, &found)| found == byte(self.number, at));
        assert!(kept, "object {} of {N} bytes is not as it was made: {:?}", self.number, self.bytes);
        self.number
    }
}

/// What edges lead to.
type End<'gc> = Gc<'gc, Body<8>>;

/// The families for one alignment.
macro_rules! families {
    ($($all:ident = $align:literal: $($size:literal)*;)*) => {$(
        fn $all() -> Vec<Make> {
            /// Without edges or drop.
            #[derive(Trace)] #[repr(align($align))]
            struct Leaf<const N: usize>(Body<N>);

            impl<const N: usize> Kind<'_> for Leaf<N> {
                fn check(&self) -> u64 {
                    self.0.check()
                }
            }

            /// Edges in the mask.
            #[derive(Trace)] #[repr(align($align))]
            struct Masked<'gc, const N: usize>(Body<N>, End<'gc>);

            impl<'gc, const N: usize> Kind<'gc> for Masked<'gc, N> {
                fn check(&self) -> u64 {
                    assert_eq!(self.1.check(), self.0.check(), "an edge leads where it led");
                    self.0.number
                }
            }

            /// Edges in the tail.
            #[derive(Trace)] #[repr(align($align))]
            struct Tailed<'gc, const N: usize>(Body<N>, Vec<End<'gc>>);

            impl<'gc, const N: usize> Kind<'gc> for Tailed<'gc, N> {
                fn check(&self) -> u64 {
                    self.1.iter().for_each(|end| assert_eq!(end.check(), self.0.check()));
                    self.0.number
                }
            }

            /// Dropped by the sweep.
            #[derive(Trace)] #[repr(align($align))]
            struct Owning<const N: usize>(Body<N>, String);

            impl<const N: usize> Kind<'_> for Owning<N> {
                fn check(&self) -> u64 {
                    assert_eq!(self.1, self.0.check().to_string(), "what an object owns is kept");
                    self.0.number
                }
            }

            /// With a destructor.
            #[derive(Trace)] #[repr(align($align))]
            struct Dropping<const N: usize>(Body<N>, Canary);

            impl<const N: usize> Kind<'_> for Dropping<N> {
                fn check(&self) -> u64 {
                    self.1.id();
                    self.0.check()
                }
            }

            vec![$(
                |mc, number, _| Gc::unsize::<dyn Kind<'_>>(Gc::new(mc, Leaf::<$size>(Body::new(number))), |it| it),
                |mc, number, _| {
                    let end = Gc::new(mc, Body::new(number));
                    Gc::unsize::<dyn Kind<'_>>(Gc::new(mc, Masked::<$size>(Body::new(number), end)), |it| it)
                },
                |mc, number, _| {
                    let ends = vec![Gc::new(mc, Body::new(number))];
                    Gc::unsize::<dyn Kind<'_>>(Gc::new(mc, Tailed::<$size>(Body::new(number), ends)), |it| it)
                },
                |mc, number, _| {
                    let owning = Owning::<$size>(Body::new(number), number.to_string());
                    Gc::unsize::<dyn Kind<'_>>(Gc::new(mc, owning), |it| it)
                },
                |mc, number, ledger| {
                    let dropping = Dropping::<$size>(Body::new(number), ledger.canary());
                    Gc::unsize::<dyn Kind<'_>>(Gc::new(mc, dropping), |it| it)
                },
            )*]
        }
    )*};
}

families! {
    words = 8: 0 24 72 280;
    lines = 32: 1 20 50 200;
    blocks = 128: 5 100 150 400;
}

/// How to make an object of each of the sixty types.
pub fn all() -> Vec<Make> {
    [words(), lines(), blocks()].concat()
}
