//! Objects that hold weak pointers.
#![expect(missing_debug_implementations, reason = "as in `objects`")]

use gc::{AllocError, Gc, GcCell, Mutation, Trace, WeakGc, Word};

use crate::programs::bond::Pact;
use crate::programs::handle::Handle;
use crate::programs::objects::{Cell, Holder, Leaf, Link, Mourned, Node, Part, Tag};

/// A weak pointer in one word, to an object of some kind or to a part of one.
#[derive(Clone, Copy, Debug, Trace, Word)]
pub enum Sight<'gc> {
    Nothing,
    Leaf(WeakGc<'gc, Leaf>),
    Node(WeakGc<'gc, Node<'gc>>),
    Mourned(WeakGc<'gc, Mourned>),
    Holder(WeakGc<'gc, Holder<'gc>>),
    Watcher(WeakGc<'gc, Watcher<'gc>>),
    Pact(WeakGc<'gc, Pact<'gc>>),
    Part(WeakGc<'gc, Part<'gc>>),
    Byte(WeakGc<'gc, u8>),
}

/// Holds a weak pointer beside an edge.
#[derive(Trace)]
pub struct Watcher<'gc> {
    pub tag: Tag,
    pub sight: GcCell<Sight<'gc>>,
    pub cell: Cell<'gc>,
}

impl<'gc> Sight<'gc> {
    /// A weak pointer, if there is a variant for it, and room for its handle.
    pub(crate) fn of(mc: &Mutation<'gc>, handle: Handle<'gc>) -> Option<Result<Self, AllocError>> {
        Some(match handle.link()? {
            Link::Leaf(gc) => Gc::try_downgrade(gc, mc).map(Self::Leaf),
            Link::Node(gc) => Gc::try_downgrade(gc, mc).map(Self::Node),
            Link::Mourned(gc) => Gc::try_downgrade(gc, mc).map(Self::Mourned),
            Link::Holder(gc) => Gc::try_downgrade(gc, mc).map(Self::Holder),
            Link::Watcher(gc) => Gc::try_downgrade(gc, mc).map(Self::Watcher),
            Link::Pact(gc) => Gc::try_downgrade(gc, mc).map(Self::Pact),
            Link::Part(gc) => Gc::try_downgrade(gc, mc).map(Self::Part),
            Link::Byte(gc) => Gc::try_downgrade(gc, mc).map(Self::Byte),
            _ => return None,
        })
    }

    /// The target, if it is alive.
    pub(crate) fn upgrade(self, mc: &Mutation<'gc>) -> Option<Handle<'gc>> {
        let link = match self {
            Self::Nothing => None,
            Self::Leaf(weak) => weak.upgrade(mc).map(Link::Leaf),
            Self::Node(weak) => weak.upgrade(mc).map(Link::Node),
            Self::Mourned(weak) => weak.upgrade(mc).map(Link::Mourned),
            Self::Holder(weak) => weak.upgrade(mc).map(Link::Holder),
            Self::Watcher(weak) => weak.upgrade(mc).map(Link::Watcher),
            Self::Pact(weak) => weak.upgrade(mc).map(Link::Pact),
            Self::Part(weak) => weak.upgrade(mc).map(Link::Part),
            Self::Byte(weak) => weak.upgrade(mc).map(Link::Byte),
        };
        link.map(Handle::Link)
    }
}
