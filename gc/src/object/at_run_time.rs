//! Type infos that are made at run time, of objects whose types no compiler has seen.

use super::type_info::table_index;
use super::{DropFn, DropKind, LARGEST_LEAF_BYTES, Lookup, TypeInfo};
use crate::trace::TraceFn;

impl TypeInfo {
    /// Of slots of one size, or, if that is zero, of many sizes. All that has a `drop` has code of the program in it.
    pub(crate) fn at_run_time(
        slot_bytes: usize,
        mask: &'static [u64],
        tail: Option<TraceFn>,
        drop: Option<DropFn>,
    ) -> Self {
        debug_assert!(mask.last() != Some(&0), "a class has one mask");
        let mut first_words = [0; 4];
        first_words.iter_mut().zip(mask).for_each(|(word, &bits)| *word = bits);
        let index = table_index(slot_bytes, first_words, (tail.is_some(), drop.is_some()));
        let lookup = match mask {
            // Many sizes have one mask: who looks them up has the address as a key, too.
            _ if tail.is_some() || drop.is_some() || mask.len() > 1 => Lookup::Address { index },
            [] if slot_bytes <= LARGEST_LEAF_BYTES => Lookup::Leaf,
            _ if slot_bytes == 0 => Lookup::Address { index },
            _ => Lookup::Mask { index, mask: first_words[0] },
        };
        let drop_kind = |_: &mut _| DropKind::User;
        let name = || "object of the C interface";
        Self { slot_bytes, mask, tail, drop, owned: None, drop_kind, parts: None, name, lookup }
    }
}
