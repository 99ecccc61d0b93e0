//! Arithmetic in a [`GcCell`]: the operations of atomics, for numbers and bools.

use super::gc_cell::GcCell;
use crate::mutator::Mutation;

/// Operations that return what was there, with an example each.
macro_rules! fetch {
    ($($T:ty: $name:ident, $what:literal, $op:expr, ($cell:expr, $operand:expr, $after:expr);)*) => {$(
        #[doc = $what]
        ///
        /// Returns the value that was there. One step for all threads, in a loop that begins again if another thread has
        /// stored a value meanwhile.
        ///
        /// # Examples
        ///
        /// ```
        /// use gc::{Gc, GcCell, Heap};
        ///
        /// Heap::new().mutate(|mc| {
        #[doc = concat!("    let cell = Gc::new(mc, GcCell::<", stringify!($T), ">::new(", stringify!($cell), "));")]
        #[doc = concat!("    let before = cell.", stringify!($name), "(mc, ", stringify!($operand), ");")]
        #[doc = concat!("    assert_eq!((before, cell.get()), (", stringify!($cell), ", ", stringify!($after), "));")]
        /// });
        /// ```
        #[inline]
        pub fn $name(&self, mc: &Mutation<'_>, value: $T) -> $T {
            let op: fn($T, $T) -> $T = $op;
            self.update(mc, |current| op(current, value))
        }
    )*};
}

macro_rules! integers {
    ($($T:ident)*) => {$(
        impl GcCell<$T> {
            fetch! {
                $T: fetch_add, "Adds to the value, and wraps around where that overflows.", $T::wrapping_add, (5, 2, 7);
                $T: fetch_sub, "Subtracts from the value, and wraps around where that overflows.", $T::wrapping_sub,
                    (5, 2, 3);
                $T: fetch_and, "Keeps the bits that are set in `value`, too.", |a, b| a & b, (6, 3, 2);
                $T: fetch_or, "Sets the bits that are set in `value`.", |a, b| a | b, (6, 3, 7);
                $T: fetch_xor, "Changes the bits that are set in `value`.", |a, b| a ^ b, (6, 3, 5);
            }
        }
    )*};
}
integers!(u8 u16 u32 u64 usize i8 i16 i32 i64 isize);

impl GcCell<bool> {
    fetch! {
        bool: fetch_and, "Stores whether both are true.", |a, b| a & b, (true, false, false);
        bool: fetch_or, "Stores whether one is true.", |a, b| a | b, (false, true, true);
        bool: fetch_xor, "Stores whether they differ.", |a, b| a ^ b, (true, true, false);
    }
}
