//! What a mutator allocates from: its runs, and how a type finds its own.
//!
//! Which class a type belongs to is content, known at compile time but for the addresses of functions. So
//!
//! 1. a leaf without drop glue of up to 512 bytes is found by its size, with nothing to compare;
//! 2. a type without drop glue, all of whose edges are in the first 64 words, by a mask, is found at the place that a
//!    constant hash of size and mask names, by comparing these two with constants;
//! 3. any other type is found at such a place by the address of its type info. That is a key and no identity, as
//!    there may be several copies of a type info: who has another key has a place of its own, or misses.
//!
//! A place is taken by who needed it last. A miss goes by content to the class, and by the class to the runs that
//! were put aside when the place was taken. The places of objects do not depend on addresses, so that two types which
//! share one do so in every run; those of slices do. Misses are counted.
//!
//! In a heap that [tells types apart](Memory::tells_apart) size and mask say too little. There no leaf and no mask is left
//! in a place, so that each object of these kinds is a miss, which goes by the type info: the way that others take costs
//! nothing for that.

use std::collections::HashMap;

use super::barrier::Saved;
use super::record::Record;
use super::roots::FreeSlots;
use super::runs::Runs;
use crate::error::AllocErrorKind;
use crate::memory::{Class, Memory};
use crate::object::{LARGEST_LEAF_BYTES, Lookup, TABLE_PLACES, TypeInfo};
use crate::owned::{Owned, TOLD_AT, summand};
use crate::sync::Ordering;
use core::ptr::NonNull;

/// What a place in the table belongs to: size and mask, or address of the type info and slot size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Key(usize, u64);

const NO_KEY: Key = Key(0, 0);
const LEAF_PLACES: usize = LARGEST_LEAF_BYTES / 8 + 1;

/// A class that the thread uses, and its runs.
#[derive(Debug)]
struct Place {
    key: Key,
    runs: Runs,
    class: Option<NonNull<Class>>,
}

impl Place {
    const fn empty() -> Self {
        Self { key: NO_KEY, runs: Runs::empty(), class: None }
    }

    /// Whether it is the place of this type, whose key this is.
    #[inline(always)]
    fn is_of(&self, key: Key, info: &TypeInfo) -> bool {
        // A type info of objects has one slot size, and its address is even: no other key starts with it.
        let by_address = matches!(info.lookup, Lookup::Address { .. });
        self.key.0 == key.0 && (by_address || self.key.1 == key.1)
    }
}

/// The place that objects of a type have in the table, and their key. No small leaf has one.
#[inline(always)]
fn place_of(info: &'static TypeInfo) -> (usize, Key) {
    let by_address = || Key(core::ptr::from_ref(info).addr(), info.slot_bytes as u64);
    match info.lookup {
        Lookup::Mask { index, mask } => (index, Key(info.slot_bytes << 1 | 1, mask)),
        Lookup::Address { index } => (index, by_address()),
        Lookup::Leaf => unreachable!("a leaf without drop glue is found by its size"),
    }
}

/// Everything that a mutator allocates from.
#[derive(Debug)]
pub(crate) struct Local {
    /// Leaves without drop glue, by slot size in words.
    leaves: Box<[Place; LEAF_PLACES]>,
    /// All others, by the constant hash.
    table: Box<[Place; TABLE_PLACES]>,
    /// Leaves and places of the table whose runs may have a claim.
    claiming_leaves: Places<{ LEAF_PLACES.div_ceil(64) }>,
    claiming_table: Places<{ TABLE_PLACES.div_ceil(64) }>,
    /// Runs of classes that lost their place.
    aside: HashMap<NonNull<Class>, Runs>,
    /// Classes by type info and slot size.
    classes: HashMap<(*const TypeInfo, usize), NonNull<Class>>,
    /// Bytes of which the counters have not been told, by [`Owned`]: what new slices own, and by how much other objects have
    /// grown. (What other new objects own is with their [`Runs`].)
    owned: [i64; 2],
    /// Free root slots.
    pub(super) root_slots: FreeSlots,
    /// The same in a heap that notes where roots are made: there none is at hand, in `root_slots`.
    pub(super) noted_root_slots: FreeSlots,
    /// What was overwritten since the last stop, for a cycle that is under way.
    pub(super) saved: Saved,
}

impl Local {
    pub(super) fn new() -> Self {
        Self {
            leaves: Box::new([const { Place::empty() }; LEAF_PLACES]),
            table: Box::new([const { Place::empty() }; TABLE_PLACES]),
            claiming_leaves: Places::NONE,
            claiming_table: Places::NONE,
            aside: HashMap::new(),
            classes: HashMap::new(),
            owned: [0; 2],
            root_slots: FreeSlots::empty(),
            noted_root_slots: FreeSlots::empty(),
            saved: Saved::default(),
        }
    }

    /// Takes a slot for a leaf without drop glue, of at most [`LARGEST_LEAF_BYTES`].
    #[inline(always)]
    pub(crate) fn leaf(
        &mut self,
        info: &'static TypeInfo,
        slot_bytes: usize,
        record: &Record,
    ) -> Result<NonNull<u8>, AllocErrorKind> {
        debug_assert!(matches!(info.lookup, Lookup::Leaf) && slot_bytes <= LARGEST_LEAF_BYTES);
        match self.leaves[slot_bytes / 8].runs.bump(slot_bytes) {
            Some(slot) => Ok(slot),
            None => self.leaf_slow(info, slot_bytes, record),
        }
    }

    /// Takes a slot for an object with edges and without drop glue. `info`'s fields are constants where this is inlined.
    #[inline(always)]
    pub(crate) fn object(
        &mut self,
        info: &'static TypeInfo,
        record: &Record,
    ) -> Result<NonNull<u8>, AllocErrorKind> {
        let (index, key) = place_of(info);
        let place = &mut self.table[index];
        if place.is_of(key, info)
            && let Some(slot) = place.runs.bump(info.slot_bytes)
        {
            return Ok(slot);
        }
        self.table_slow(index, key, info, info.slot_bytes, record)
    }

    /// Takes a slot for an object with drop glue, which owns `owned` bytes elsewhere. `info`'s fields are constants where
    /// this is inlined.
    #[inline(always)]
    pub(crate) fn owner(
        &mut self,
        info: &'static TypeInfo,
        owned: usize,
        record: &Record,
    ) -> Result<NonNull<u8>, AllocErrorKind> {
        let (index, key) = place_of(info);
        let place = &mut self.table[index];
        let owned = summand(owned);
        let untold = place.runs.owned + owned;
        if place.is_of(key, info)
            && untold < TOLD_AT
            && let Some(slot) = place.runs.bump(info.slot_bytes)
        {
            place.runs.owned = untold;
            return Ok(slot);
        }
        self.owner_slow(index, key, info, owned, record)
    }

    /// Takes a slot for an object that may own something, when there is much to tell or the current run has none.
    #[cold]
    #[inline(never)]
    fn owner_slow(
        &mut self,
        index: usize,
        key: Key,
        info: &'static TypeInfo,
        owned: i64,
        record: &Record,
    ) -> Result<NonNull<u8>, AllocErrorKind> {
        let (memory, place) = (&record.core.memory, &mut self.table[index]);
        let untold = if place.key == key { place.runs.owned } else { 0 };
        let is_much = untold + owned >= TOLD_AT;
        if is_much {
            if place.key == key {
                place.runs.count(memory);
            }
            memory.check_owned(owned)?;
        }
        let slot = self.table_slow(index, key, info, info.slot_bytes, record)?;
        let runs = &mut self.table[index].runs;
        runs.owned += owned;
        if is_much || runs.owned >= TOLD_AT {
            runs.count(memory);
            record.note_growth();
        }
        Ok(slot)
    }

    /// Adds what new slices own, or by how much objects that exist own more or less.
    #[inline]
    pub(crate) fn note_owned(&mut self, kind: Owned, bytes: i64, record: &Record) {
        let sum = &mut self.owned[kind as usize];
        *sum += bytes;
        if *sum >= TOLD_AT {
            self.tell_owned(record);
        }
    }

    /// Tells the counters what objects own.
    #[cold]
    #[inline(never)]
    fn tell_owned(&mut self, record: &Record) {
        self.count_owned(&record.core.memory);
        record.note_growth();
    }

    fn count_owned(&mut self, memory: &Memory) {
        let [settled, changing] = core::mem::take(&mut self.owned);
        memory.counters.owned.note(Owned::Settled, settled);
        memory.counters.owned.note(Owned::Changing, changing);
    }

    /// Takes a slot for a leaf without drop glue from the current run, if that has one.
    #[inline]
    pub(crate) fn leaf_at_once(&mut self, slot_bytes: usize) -> Option<NonNull<u8>> {
        self.leaves[slot_bytes / 8].runs.bump(slot_bytes)
    }

    /// Takes a slot of `slot_bytes` bytes for a slice of this element type.
    #[inline]
    pub(crate) fn slice(
        &mut self,
        info: &'static TypeInfo,
        slot_bytes: usize,
        record: &Record,
    ) -> Result<NonNull<u8>, AllocErrorKind> {
        if matches!(info.lookup, Lookup::Leaf) && slot_bytes <= LARGEST_LEAF_BYTES {
            return self.leaf(info, slot_bytes, record);
        }
        let key = Key(core::ptr::from_ref(info).addr(), slot_bytes as u64);
        let index = (slot_bytes.wrapping_mul(0x9E37_79B9) >> 16 ^ key.0 >> 4) % TABLE_PLACES;
        let place = &mut self.table[index];
        if place.key == key
            && let Some(slot) = place.runs.bump(slot_bytes)
        {
            return Ok(slot);
        }
        self.table_slow(index, key, info, slot_bytes, record)
    }

    #[cold]
    #[inline(never)]
    fn leaf_slow(
        &mut self,
        info: &'static TypeInfo,
        slot_bytes: usize,
        record: &Record,
    ) -> Result<NonNull<u8>, AllocErrorKind> {
        if record.core.memory.tells_apart {
            let key = Key(core::ptr::from_ref(info).addr(), slot_bytes as u64);
            return self.table_slow(key.0 >> 4 & (TABLE_PLACES - 1), key, info, slot_bytes, record);
        }
        let index = slot_bytes / 8;
        let place = &mut self.leaves[index];
        let class =
            *place.class.get_or_insert_with(|| NonNull::from(record.core.memory.class_of(info, slot_bytes)));
        self.claiming_leaves.add(index);
        // SAFETY: classes live as long as the memory.
        place.runs.bump_slow(unsafe { class.as_ref() }, record)
    }

    #[cold]
    #[inline(never)]
    fn table_slow(
        &mut self,
        index: usize,
        key: Key,
        info: &'static TypeInfo,
        slot_bytes: usize,
        record: &Record,
    ) -> Result<NonNull<u8>, AllocErrorKind> {
        self.claiming_table.add(index);
        let Self { table, aside, classes, .. } = self;
        let (memory, place) = (&record.core.memory, &mut table[index]);
        if place.key != key {
            memory.counters.class_misses.fetch_add(1, Ordering::Relaxed);
            let class = *classes
                .entry((info, slot_bytes))
                .or_insert_with(|| NonNull::from(memory.class_of(info, slot_bytes)));
            // Another copy of the same content keeps the runs, only under its own key.
            if place.class != Some(class) {
                let runs = aside.remove(&class).unwrap_or_else(Runs::empty);
                let before = core::mem::replace(place, Place { key, runs, class: Some(class) });
                if let Some(class) = before.class {
                    let twice = aside.insert(class, before.runs);
                    // Two element types may have slices of one class at two places.
                    if let Some(mut runs) = twice {
                        runs.end_claim(memory);
                    }
                }
            }
            // An odd key is a size with a mask, which say too little there.
            let says_all = !memory.tells_apart || key.0 & 1 == 0;
            place.key = if says_all { key } else { NO_KEY };
        }
        let class = place.class.expect("a place that was looked up has a class");
        if let Some(slot) = place.runs.bump(slot_bytes) {
            return Ok(slot);
        }
        // SAFETY: classes live as long as the memory.
        place.runs.bump_slow(unsafe { class.as_ref() }, record)
    }

    /// Gives a slot back that was handed out and is no object after all.
    ///
    /// # Safety
    ///
    /// It was handed out in the mutation that is open, holds nothing with drop glue, and nothing refers to it.
    #[cold]
    pub(crate) unsafe fn give_back(&mut self, slot: NonNull<u8>, memory: &Memory) {
        // Its claim may have ended or not: after this it has.
        self.flush(memory);
        // SAFETY: the caller's duty.
        unsafe { memory.unmake(slot) };
    }

    /// Runs `f` on all runs that may have a claim.
    fn for_each_claiming(&mut self, mut f: impl FnMut(&mut Runs)) {
        let Self { leaves, table, aside, .. } = self;
        self.claiming_leaves.for_each(|index| f(&mut leaves[index].runs));
        self.claiming_table.for_each(|index| f(&mut table[index].runs));
        aside.values_mut().for_each(f);
    }

    /// Tells the counters what was allocated.
    pub(super) fn count(&mut self, memory: &Memory) {
        self.count_owned(memory);
        self.for_each_claiming(|runs| runs.count(memory));
    }

    /// Forgets the runs of classes that lost their place: none has a claim.
    pub(super) fn forget_aside(&mut self) {
        self.aside.clear();
    }

    /// Ends all claims.
    pub(super) fn flush(&mut self, memory: &Memory) {
        self.count_owned(memory);
        self.for_each_claiming(|runs| runs.flush(memory));
        (self.claiming_leaves, self.claiming_table) = (Places::NONE, Places::NONE);
    }
}

/// Some places of an array, as bits.
#[derive(Clone, Copy, Debug)]
struct Places<const WORDS: usize>([u64; WORDS]);

impl<const WORDS: usize> Places<WORDS> {
    const NONE: Self = Self([0; WORDS]);

    fn add(&mut self, index: usize) {
        self.0[index / 64] |= 1 << (index % 64);
    }

    fn for_each(&self, mut f: impl FnMut(usize)) {
        for (word, &bits) in self.0.iter().enumerate() {
            let mut left = bits;
            while left != 0 {
                f(word * 64 + left.trailing_zeros() as usize);
                left &= left - 1;
            }
        }
    }
}
