//! Numbers for all objects of a heap, in an order that leads from each to the next, without a word for each.
//!
//! Objects are numbered span by span, and in a span by address. What is kept is how many come before each page: a page has room
//! for four words of a bitmap, so the number of an object is that sum and at most four counts of bits. These are 4 bytes for each
//! page of an arena, and 16 for each span.
//!
//! Besides, every object has an *id* of 31 bits, which depends on its address alone: the place of its arena, and how many of
//! the smallest slots come before it there. Arenas have places by their addresses, in a circle; where two would have the same, the
//! one that lies behind takes the next free one. So the ids of two walks over a heap are the same for the same objects, unless arenas
//! came or went that share a place, as happens only in heaps that spread over more than 32 GiB. If there are more arenas than places
//! ids are numbers. None is zero.

use core::ops::ControlFlow;
use std::collections::{BTreeMap, HashSet};

use super::address_map::Slot;
use super::arena::{Arena, Bitmap};
use super::span::Span;
use super::sweep::ones;
use super::{Class, Memory};
use crate::layout::{ARENA_BYTES, ARENA_PAGES, BITMAP_WORDS_PER_PAGE, MIN_SLOT_BYTES};
use crate::memory::slot_word::SlotWord;

/// Bits of an id.
const ID_BITS: u32 = 31;
/// The smallest slots of an arena.
const SLOTS: usize = ARENA_BYTES / MIN_SLOT_BYTES;
/// Places of arenas.
const PLACES: usize = (1 << ID_BITS) / SLOTS;

/// The numbers of all objects.
#[derive(Debug)]
pub(crate) struct Numbering<'m> {
    /// Spans with an object, which nobody gives up, in order, each with the number of its first.
    spans: Vec<(&'m Span, u32)>,
    arenas: BTreeMap<Arena, Numbered>,
    /// Objects.
    len: usize,
}

/// What is known of an arena.
#[derive(Debug)]
struct Numbered {
    /// The first id; none if ids are numbers.
    first_id: Option<u32>,
    /// How many objects come before those of four bitmap words.
    before: Box<[u32]>,
}

/// An object on the way through all.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NumberedObject<'m> {
    pub(crate) class: &'m Class,
    pub(crate) start: *const u8,
    pub(crate) id: u32,
}

impl Memory {
    /// Numbers all objects that nobody has found dead; `None` if there are too many for 32 bits.
    ///
    /// The world is stopped, and every span is swept, as long as the result is used. Destructors may run meanwhile: what
    /// they are about has no numbers.
    pub(crate) fn number_objects(&self) -> Option<Numbering<'_>> {
        let mut numbering = Numbering { spans: Vec::new(), arenas: BTreeMap::new(), len: 0 };
        for class in self.all_classes() {
            for span in class.lock().all.iter() {
                let span: *const Span = span;
                // SAFETY: a span with an object is not given up while nothing is swept. Others are not kept.
                numbering.add(unsafe { &*span })?;
            }
        }
        numbering.place_arenas();
        Some(numbering)
    }
}

/// The first ids of arenas at some addresses; `None` if there are more than places.
fn first_ids(arenas: impl ExactSizeIterator<Item = usize>) -> Option<Vec<u32>> {
    if arenas.len() > PLACES {
        return None;
    }
    let mut taken = HashSet::new();
    let place = |address: usize| {
        let mut place = address / ARENA_BYTES % PLACES;
        while !taken.insert(place) {
            place = (place + 1) % PLACES;
        }
        u32::try_from(place * SLOTS).ok()
    };
    arenas.map(place).collect()
}

impl<'m> Numbering<'m> {
    fn add(&mut self, span: &'m Span) -> Option<()> {
        let run = span.run();
        let first = u32::try_from(self.len).ok()?;
        for word in 0..span.n_words() {
            if word % BITMAP_WORDS_PER_PAGE == 0 {
                let arena = self.arenas.entry(run.arena).or_insert_with(|| Numbered {
                    first_id: None,
                    before: vec![0; ARENA_PAGES].into_boxed_slice(),
                });
                arena.before[run.first + word / BITMAP_WORDS_PER_PAGE] = u32::try_from(self.len).ok()?;
            }
            self.len += span.slot_word(word).settled_objects().count_ones() as usize;
        }
        if self.len > first as usize {
            self.spans.push((span, first));
        }
        Some(())
    }

    fn place_arenas(&mut self) {
        let Some(ids) = first_ids(self.arenas.keys().map(|arena| arena.base().addr())) else { return };
        for (numbered, id) in self.arenas.values_mut().zip(ids) {
            numbered.first_id = Some(id);
        }
    }

    /// How many objects there are.
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// The number of the object in a slot, which holds one.
    pub(crate) fn number_of(&self, slot: Slot<'_>) -> u32 {
        let page = slot.index / 64 / BITMAP_WORDS_PER_PAGE;
        let before = self.arenas[&slot.arena].before[slot.first_page + page];
        let word = |index| {
            let index = slot.first_page * BITMAP_WORDS_PER_PAGE + index;
            // SAFETY: words of a span with an object, which has initialized them and is not given up.
            let [marks, allocs, doomed] = [Bitmap::Marks, Bitmap::Allocs, Bitmap::Doomed]
                .map(|bitmap| unsafe { slot.arena.bits(bitmap, index) });
            SlotWord { marks, allocs, doomed }.settled_objects()
        };
        let words = page * BITMAP_WORDS_PER_PAGE..slot.index / 64;
        let earlier: u32 = words.map(|index| word(index).count_ones()).sum();
        before + earlier + (word(slot.index / 64) & (slot.bit() - 1)).count_ones()
    }

    /// Shows every object, in the order of their numbers, of classes that are asked for.
    pub(crate) fn each<B>(
        &self,
        of_class: impl Fn(&Class) -> bool,
        mut show: impl FnMut(NumberedObject<'m>) -> ControlFlow<B>,
    ) -> ControlFlow<B> {
        for &(span, mut number) in &self.spans {
            let class = span.class();
            if !of_class(class) {
                continue;
            }
            let arena = span.run().arena;
            let first_id = self.arenas[&arena].first_id;
            for word in 0..span.n_words() {
                for bit in ones(span.slot_word(word).settled_objects()) {
                    let start = span.slot(word * 64 + bit).cast_const();
                    let place = (start.addr() - arena.base().addr()) / MIN_SLOT_BYTES;
                    let place = u32::try_from(place).expect("objects begin in the first unit of an arena");
                    // Never zero: no object lies where an arena begins.
                    let id = first_id.map_or(number + 1, |first| first + place);
                    show(NumberedObject { class, start, id })?;
                    number += 1;
                }
            }
        }
        ControlFlow::Continue(())
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::{ARENA_BYTES, ID_BITS, PLACES, SLOTS, first_ids};

    fn ids(arenas: &[usize]) -> Option<Vec<u32>> {
        first_ids(arenas.iter().map(|arena| arena * ARENA_BYTES))
    }

    #[test]
    fn ids_follow_from_addresses() {
        let slots = u32::try_from(SLOTS).unwrap();
        assert_eq!(ids(&[0, 7, PLACES - 1]).unwrap(), [0, 7 * slots, u32::MAX / 2 + 1 - slots]);
        assert_eq!(ids(&[PLACES + 7]), ids(&[7]), "a window of so many arenas");
        // Who comes later gives way, over the end if need be.
        assert_eq!(ids(&[7, PLACES + 7, PLACES + 8]).unwrap(), [7 * slots, 8 * slots, 9 * slots]);
        assert_eq!(ids(&[PLACES - 1, 2 * PLACES - 1]).unwrap(), [u32::MAX / 2 + 1 - slots, 0]);
    }

    #[test]
    fn more_arenas_than_places_have_no_ids() {
        let all: Vec<_> = (0..=PLACES).map(|at| 3 * at).collect();
        let mut ids_of_all = ids(&all[1..]).unwrap();
        ids_of_all.sort_unstable();
        let expected = (0..1_u32 << ID_BITS).step_by(SLOTS);
        assert!(ids_of_all.into_iter().eq(expected), "each place once");
        assert_eq!(ids(&all), None);
    }
}
