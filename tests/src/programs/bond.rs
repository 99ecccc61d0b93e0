//! Objects that hold ephemerons.
#![expect(missing_debug_implementations, reason = "as in `objects`")]

use gc::{AllocError, Ephemeron, Gc, GcCell, Mutation, Trace, Word};

use crate::programs::handle::Handle;
use crate::programs::objects::{Cell, Holder, Leaf, Link, Mourned, Node, Part, Tag};

/// An ephemeron in one word, whose key is an object of some kind or a part of one.
#[derive(Clone, Copy, Trace, Word)]
pub enum Bond<'gc> {
    Nothing,
    Leaf(Gc<'gc, Ephemeron<'gc, Leaf, Dowry<'gc>>>),
    Node(Gc<'gc, Ephemeron<'gc, Node<'gc>, Dowry<'gc>>>),
    Mourned(Gc<'gc, Ephemeron<'gc, Mourned, Dowry<'gc>>>),
    Holder(Gc<'gc, Ephemeron<'gc, Holder<'gc>, Dowry<'gc>>>),
    Pact(Gc<'gc, Ephemeron<'gc, Pact<'gc>, Dowry<'gc>>>),
    Part(Gc<'gc, Ephemeron<'gc, Part<'gc>, Dowry<'gc>>>),
    Byte(Gc<'gc, Ephemeron<'gc, u8, Dowry<'gc>>>),
}

/// The value of an ephemeron.
#[derive(Trace)]
pub struct Dowry<'gc> {
    pub tag: Tag,
    pub link: Link<'gc>,
}

/// Holds an ephemeron beside an edge.
#[derive(Trace)]
pub struct Pact<'gc> {
    pub tag: Tag,
    pub bond: GcCell<Bond<'gc>>,
    pub cell: Cell<'gc>,
}

impl<'gc> Bond<'gc> {
    /// An ephemeron, if there is a variant for the key, and room.
    pub(crate) fn of(
        mc: &Mutation<'gc>,
        key: Handle<'gc>,
        value: Dowry<'gc>,
    ) -> Option<Result<Self, AllocError>> {
        Some(match key.link()? {
            Link::Leaf(key) => Ephemeron::try_new(mc, key, value).map(Self::Leaf),
            Link::Node(key) => Ephemeron::try_new(mc, key, value).map(Self::Node),
            Link::Mourned(key) => Ephemeron::try_new(mc, key, value).map(Self::Mourned),
            Link::Holder(key) => Ephemeron::try_new(mc, key, value).map(Self::Holder),
            Link::Pact(key) => Ephemeron::try_new(mc, key, value).map(Self::Pact),
            Link::Part(key) => Ephemeron::try_new(mc, key, value).map(Self::Part),
            Link::Byte(key) => Ephemeron::try_new(mc, key, value).map(Self::Byte),
            _ => return None,
        })
    }

    /// Its address, if there is an ephemeron.
    pub(crate) fn address(self) -> Option<usize> {
        let address = match self {
            Self::Nothing => return None,
            Self::Leaf(gc) => Gc::as_ptr(gc).addr(),
            Self::Node(gc) => Gc::as_ptr(gc).addr(),
            Self::Mourned(gc) => Gc::as_ptr(gc).addr(),
            Self::Holder(gc) => Gc::as_ptr(gc).addr(),
            Self::Pact(gc) => Gc::as_ptr(gc).addr(),
            Self::Part(gc) => Gc::as_ptr(gc).addr(),
            Self::Byte(gc) => Gc::as_ptr(gc).addr(),
        };
        Some(address)
    }

    /// Key and value, if they are there.
    ///
    /// # Panics
    ///
    /// One of them is there and the other is not.
    pub(crate) fn look(self, mc: &Mutation<'gc>) -> Option<(Handle<'gc>, &'gc Dowry<'gc>)> {
        fn both<'gc, K>(
            mc: &Mutation<'gc>,
            gc: Gc<'gc, Ephemeron<'gc, K, Dowry<'gc>>>,
        ) -> Option<(Gc<'gc, K>, &'gc Dowry<'gc>)> {
            let (value, key) = (Gc::as_ref(gc).value(mc), gc.key(mc));
            assert_eq!(key.is_some(), value.is_some(), "an ephemeron has key and value, or neither");
            key.zip(value)
        }
        let (link, value) = match self {
            Self::Nothing => return None,
            Self::Leaf(gc) => both(mc, gc).map(|(key, value)| (Link::Leaf(key), value)),
            Self::Node(gc) => both(mc, gc).map(|(key, value)| (Link::Node(key), value)),
            Self::Mourned(gc) => both(mc, gc).map(|(key, value)| (Link::Mourned(key), value)),
            Self::Holder(gc) => both(mc, gc).map(|(key, value)| (Link::Holder(key), value)),
            Self::Pact(gc) => both(mc, gc).map(|(key, value)| (Link::Pact(key), value)),
            Self::Part(gc) => both(mc, gc).map(|(key, value)| (Link::Part(key), value)),
            Self::Byte(gc) => both(mc, gc).map(|(key, value)| (Link::Byte(key), value)),
        }?;
        Some((Handle::Link(link), value))
    }
}
