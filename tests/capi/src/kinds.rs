//! The kinds of objects of programs, as types that are made at run time.

use core::ffi::c_void;
use core::ptr::{null, without_provenance_mut};

use gc::capi::{TypeHandle, TypeOptions};
use tests::programs::program::Kind;
use tests::programs::random::mix;

use crate::calls::{Object, type_new};
use crate::notes::{ARGUMENT, Canary, destroy};

/// What objects of a kind and size are like.
#[derive(Debug)]
pub(crate) struct Layout {
    pub(crate) object_type: TypeHandle,
    /// Number of elements.
    pub(crate) length: usize,
    /// Where pointers are.
    pub(crate) pointers: Vec<usize>,
    /// Whether the fixed part begins with a canary.
    pub(crate) has_canary: bool,
    /// Where the number of the object is, and after it a check of that.
    tag: usize,
    /// Bytes that say who the object is, too: from the first to before the last.
    pattern: [usize; 2],
}

/// A description of a type.
#[derive(Clone, Debug, Default)]
struct Plan {
    size: usize,
    align: usize,
    /// Words of the fixed part that are pointers.
    words: Vec<usize>,
    /// Bytes of an element, and words of it that are pointers.
    element: usize,
    element_words: Vec<usize>,
    length: usize,
    has_canary: bool,
    tag: usize,
    pattern: [usize; 2],
}

fn mask(words: &[usize]) -> Vec<u64> {
    let mut mask = vec![0; words.iter().max().map_or(0, |last| last / 64 + 1)];
    words.iter().for_each(|word| mask[word / 64] |= 1 << (word % 64));
    mask
}

/// What a kind is with a number for its size.
fn plan(kind: Kind, size: usize) -> Plan {
    // The tag first, then pointers.
    let cells = |n: usize| Plan { size: 16 + 8 * n, words: (2..2 + n).collect(), ..Plan::default() };
    match kind {
        Kind::Leaf => Plan { size: 39, pattern: [16, 39], ..Plan::default() },
        Kind::Wide => Plan { size: 816, pattern: [16, 816], ..Plan::default() },
        Kind::Node => Plan { size: 40, words: vec![0, 3, 4], tag: 8, ..Plan::default() },
        Kind::Typed => cells(2),
        Kind::Many => cells(70),
        Kind::Vector | Kind::Locked | Kind::Row => Plan {
            size: 16,
            element: 8,
            element_words: vec![0],
            length: if size.is_multiple_of(32) { 2500 } else { size % 40 },
            ..Plan::default()
        },
        Kind::Steps => Plan {
            size: 16,
            align: 64,
            element: 24,
            element_words: vec![1],
            length: size % 5,
            ..Plan::default()
        },
        Kind::Flock => Plan {
            size: 32,
            element: 16,
            element_words: vec![0, 1],
            length: size % 7,
            has_canary: true,
            tag: 16,
            ..Plan::default()
        },
        Kind::Speech => {
            let length = if size.is_multiple_of(32) { 30_000 } else { size % 300 };
            Plan { size: 16, element: 1, length, pattern: [16, 16 + length], ..Plan::default() }
        }
        Kind::Variant | Kind::Choice => cells(size % 3),
        Kind::Early => Plan { size: 17_000, pattern: [32, 17_000], ..cells(2) },
        Kind::Late => {
            Plan { size: 17_024, words: vec![2125, 2126, 2127], pattern: [16, 17_000], ..Plan::default() }
        }
        Kind::Aligned => Plan { align: 64, ..cells(1) },
        Kind::Deep => Plan { align: 4096, ..cells(1) },
        Kind::Mourned => Plan { size: 32, has_canary: true, tag: 16, ..Plan::default() },
        Kind::Holder => {
            Plan { size: 40, align: 128, words: vec![4], has_canary: true, tag: 16, ..Plan::default() }
        }
        Kind::Once | Kind::Named | Kind::Herald | Kind::Watcher | Kind::Pact | Kind::Shelf => cells(1),
    }
}

impl Layout {
    pub(crate) fn of(kind: Kind, size: usize) -> Self {
        let plan = plan(kind, size);
        let (words, element_words) = (mask(&plan.words), mask(&plan.element_words));
        let pointer = |mask: &Vec<u64>| if mask.is_empty() { null() } else { mask.as_ptr() };
        let argument: *mut c_void = without_provenance_mut(ARGUMENT);
        let object_type = type_new(&TypeOptions {
            size: plan.size,
            align: plan.align,
            pointers: pointer(&words),
            pointers_length: words.len(),
            element_size: plan.element,
            element_pointers: pointer(&element_words),
            element_pointers_length: element_words.len(),
            destructor: plan.has_canary.then_some(destroy),
            destructor_argument: argument,
        });
        let elements = plan.size.next_multiple_of(8);
        let of_elements = (0..plan.length)
            .flat_map(|element| plan.element_words.iter().map(move |word| (element, word)))
            .map(|(element, word)| elements + element * plan.element + word * 8);
        let pointers = plan.words.iter().map(|word| word * 8).chain(of_elements).collect();
        let Plan { length, has_canary, tag, pattern, .. } = plan;
        Self { object_type, length, pointers, has_canary, tag, pattern }
    }

    /// Writes what says who an object is.
    pub(crate) fn write(&self, object: Object, id: u64, canary: Canary) {
        let at = object.cast::<u8>();
        let tag = at.wrapping_add(self.tag).cast::<[u64; 2]>();
        // SAFETY: in bounds, as the type says, and aligned to words.
        unsafe { tag.write([id, mix(id)]) };
        for index in self.pattern[0]..self.pattern[1] {
            // SAFETY: in bounds, and no pointer.
            unsafe { at.wrapping_add(index).write(byte(id, index)) };
        }
        if self.has_canary {
            // SAFETY: in bounds, as the type says, and aligned to words.
            unsafe { at.cast::<Canary>().write(canary) };
        }
    }

    /// Asserts that nothing of it was overwritten.
    pub(crate) fn check(&self, object: Object, id: u64) {
        let at = object.cast::<u8>();
        // SAFETY: as in `write`.
        let tag = unsafe { at.wrapping_add(self.tag).cast::<[u64; 2]>().read() };
        assert_eq!(tag, [id, mix(id)], "object {id} was overwritten");
        for index in self.pattern[0]..self.pattern[1] {
            // SAFETY: as in `write`.
            let found = unsafe { at.wrapping_add(index).read() };
            assert_eq!(found, byte(id, index), "byte {index} of object {id} was overwritten");
        }
    }
}

fn byte(id: u64, index: usize) -> u8 {
    mix(id ^ (index / 8) as u64).to_le_bytes()[index % 8]
}
