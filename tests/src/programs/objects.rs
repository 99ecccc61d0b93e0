//! The types of objects that programs make: every layout, cell and drop kind that the collector treats in its
//! own way.
#![expect(missing_docs, missing_debug_implementations, reason = "fields are named for what they test")]

use std::sync::Arc;

use gc::{Gc, GcCell, GcOnce, GcRefCell, GcRwLock, Trace, Word};

use crate::programs::bond::Pact;
use crate::programs::canary::Canary;
use crate::programs::random::mix;
use crate::programs::shelf::Shelf;
use crate::programs::sight::Watcher;
use crate::programs::voice::Herald;

/// Who an object is, with a check that shows when its memory was overwritten.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Trace)]
pub struct Tag {
    /// The number of the object in the model.
    pub id: u64,
    check: u64,
}

impl Tag {
    /// The tag of an object.
    pub fn new(id: u64) -> Self {
        Self { id, check: mix(id) }
    }
}

/// Bytes and words of leaves, made from the number of the object.
pub fn pattern(id: u64, index: usize) -> u64 {
    mix(id.wrapping_add(mix(index as u64)))
}

/// One byte of a pattern.
pub fn pattern_byte(id: u64, index: usize) -> u8 {
    pattern(id, index).to_le_bytes()[0]
}

/// A pointer to an object, or to a part of one, in one word.
#[derive(Clone, Copy, Trace, Word)]
pub enum Link<'gc> {
    Nil,
    Leaf(Gc<'gc, Leaf>),
    Wide(Gc<'gc, Wide>),
    Node(Gc<'gc, Node<'gc>>),
    Typed(Gc<'gc, Typed<'gc>>),
    Many(Gc<'gc, Many<'gc>>),
    Vector(Gc<'gc, Vector<'gc>>),
    Locked(Gc<'gc, Locked<'gc>>),
    Once(Gc<'gc, Once<'gc>>),
    Variant(Gc<'gc, Variant<'gc>>),
    Choice(Gc<'gc, Choice<'gc>>),
    Early(Gc<'gc, Early<'gc>>),
    Late(Gc<'gc, Late<'gc>>),
    Aligned(Gc<'gc, Aligned<'gc>>),
    /// A byte of a `Leaf`, at an odd address. Its tag is no other variant's.
    Byte(Gc<'gc, u8>),
    Named(Gc<'gc, Named<'gc>>),
    Mourned(Gc<'gc, Mourned>),
    Holder(Gc<'gc, Holder<'gc>>),
    Row(Gc<'gc, Row<'gc>>),
    Steps(Gc<'gc, Steps<'gc>>),
    Flock(Gc<'gc, Flock<'gc>>),
    Speech(Gc<'gc, Speech<'gc>>),
    Herald(Gc<'gc, Herald<'gc>>),
    Deep(Gc<'gc, Deep<'gc>>),
    Watcher(Gc<'gc, Watcher<'gc>>),
    Pact(Gc<'gc, Pact<'gc>>),
    Shelf(Gc<'gc, Shelf<'gc>>),
    /// Part of a `Node`.
    Part(Gc<'gc, Part<'gc>>),
}

/// A cell of an edge: one masked word with a tag in its high bits.
pub type Cell<'gc> = GcCell<Link<'gc>>;

/// A leaf without drop.
#[derive(Trace)]
pub struct Leaf {
    pub tag: Tag,
    pub bytes: [u8; 23],
}

/// The byte of a `Leaf` that `Link::Byte` points to.
pub const ODD_BYTE: usize = 5;

/// A leaf of many words.
#[derive(Trace)]
pub struct Wide {
    pub tag: Tag,
    pub words: [u64; 100],
}

/// A small mask.
#[derive(Trace)]
pub struct Node<'gc> {
    pub left: Cell<'gc>,
    pub tag: Tag,
    pub right: Cell<'gc>,
    pub part: Part<'gc>,
}

/// What interior pointers point to.
#[derive(Trace)]
pub struct Part<'gc> {
    pub tag: Tag,
    pub cell: Cell<'gc>,
}

/// Edges without tags: `None` is a null.
#[derive(Trace)]
pub struct Typed<'gc> {
    pub tag: Tag,
    pub next: GcCell<Option<Gc<'gc, Typed<'gc>>>>,
    pub fixed: Option<Gc<'gc, Node<'gc>>>,
}

/// Edges of a [`Many`].
pub const MANY: usize = 70;

/// A mask of more than 64 words.
#[derive(Trace)]
pub struct Many<'gc> {
    pub tag: Tag,
    pub cells: [Cell<'gc>; MANY],
}

/// Edges in a `Vec` in a thread-bound cell.
#[derive(Trace)]
pub struct Vector<'gc> {
    pub tag: Tag,
    pub links: GcRefCell<Vec<Link<'gc>>>,
}

/// An enum whose layout is the compiler's.
#[derive(Clone, Copy, Trace)]
pub enum Slot<'gc> {
    Empty(u64),
    Full { noise: u32, link: Link<'gc> },
}

impl<'gc> Slot<'gc> {
    /// A slot with an edge, or without one.
    pub fn of(link: Link<'gc>) -> Self {
        if matches!(link, Link::Nil) { Self::Empty(1 << 21) } else { Self::Full { noise: 7, link } }
    }

    /// Its edge.
    pub fn link(self) -> Link<'gc> {
        if let Self::Full { link, .. } = self { link } else { Link::Nil }
    }
}

/// Edges in enums in a `Vec` in a lock.
#[derive(Trace)]
pub struct Locked<'gc> {
    pub slots: GcRwLock<Vec<Slot<'gc>>>,
    pub tag: Tag,
}

/// An edge that is stored once.
#[derive(Trace)]
pub struct Once<'gc> {
    pub tag: Tag,
    pub once: GcOnce<Slot<'gc>>,
}

/// An enum of documented layout: each variant has a mask of its own.
#[derive(Trace)]
#[repr(u8)]
pub enum Variant<'gc> {
    None(Tag, u64, u64),
    One { noise: u64, tag: Tag, cell: Cell<'gc> },
    Two(Cell<'gc>, u32, Tag, Cell<'gc>),
}

/// The same, with the compiler's layout.
#[derive(Trace)]
pub enum Choice<'gc> {
    None(u64, Tag, u64),
    One { tag: Tag, cell: Cell<'gc>, noise: u64 },
    Two(u32, Cell<'gc>, Cell<'gc>, Tag),
}

/// Words that make an object large.
const LARGE: usize = 2100;

/// A large object with its edges first: a mask.
#[derive(Trace)]
#[repr(C)]
pub struct Early<'gc> {
    pub tag: Tag,
    pub cells: [Cell<'gc>; 2],
    pub noise: [u64; LARGE],
}

/// A large object with its edges last: no mask reaches them.
#[derive(Trace)]
#[repr(C)]
pub struct Late<'gc> {
    pub noise: [u64; LARGE],
    pub tag: Tag,
    pub cells: [Cell<'gc>; 3],
}

/// What the words between are in every large object.
pub static NOISE: [u64; LARGE] = [1 << 20; LARGE];

/// More aligned than a word.
#[derive(Trace)]
#[repr(align(64))]
pub struct Aligned<'gc> {
    pub tag: Tag,
    pub cell: Cell<'gc>,
}

/// Dropped by the sweep. The number of the token's owners says how many there are.
#[derive(Trace)]
pub struct Named<'gc> {
    pub name: String,
    pub tag: Tag,
    pub token: Arc<u64>,
    pub cell: Cell<'gc>,
}

/// A leaf with a destructor.
#[derive(Debug, Trace)]
pub struct Mourned {
    pub tag: Tag,
    pub canary: Canary,
}

/// Edges beside a destructor.
#[derive(Trace)]
pub struct Holder<'gc> {
    pub canary: Canary,
    pub cell: Cell<'gc>,
    pub tag: Tag,
}

/// Holds a slice of cells.
#[derive(Trace)]
pub struct Row<'gc> {
    pub tag: Tag,
    pub cells: Gc<'gc, [Cell<'gc>]>,
}

/// Holds a slice of elements that are more aligned than the header of a slice.
#[derive(Trace)]
pub struct Steps<'gc> {
    pub tag: Tag,
    pub steps: Gc<'gc, [Aligned<'gc>]>,
}

/// Holds a slice with destructors.
#[derive(Trace)]
pub struct Flock<'gc> {
    pub tag: Tag,
    pub birds: Gc<'gc, [Canary]>,
}

/// Holds a string.
#[derive(Trace)]
pub struct Speech<'gc> {
    pub tag: Tag,
    pub text: Gc<'gc, str>,
}

/// Owned data nested deeper than a tracer recurses.
#[derive(Trace)]
pub struct Deep<'gc> {
    pub tag: Tag,
    pub level: GcRefCell<Level<'gc>>,
}

/// One level of a [`Deep`].
#[derive(Trace)]
pub struct Level<'gc> {
    pub link: Link<'gc>,
    pub below: Option<Box<Level<'gc>>>,
}
