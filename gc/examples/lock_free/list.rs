//! A set without locks, as a list in order.
//!
//! T. L. Harris, *A Pragmatic Implementation of Non-Blocking Linked-Lists*, DISC 2001.
//!
//! Nodes are linked by ascending values. To insert is to exchange one link. To remove takes two exchanges: the first
//! marks the node's own link, by which the node is removed; the second takes the node out of the list, and any
//! thread that comes by may do it. Without the mark a node could be inserted behind one that is being taken out, and be
//! lost with it: as the mark is in the same word as the pointer, that insertion fails.
//!
//! The paper keeps the mark in the lowest bit of the pointer. Here the word is an enum, [`Link`], which
//! `#[derive(Word)]` packs: the variant is in the high bits, and the collector knows the pointer in either.
//!
//! # Why ABA cannot occur
//!
//! A thread that compares with a node is inside a mutation: the node is not freed and no other has its address.
//! A link may well hold a node, then another one, then the first again, when something was inserted between and
//! removed. That does no harm: it is the same node, not one that replaced it, so the exchange does what is right now.
//! A link that is marked never changes, and a node that was taken out never comes back.

use gc::{Gc, GcCell, Mutation, Trace, Word};

/// A set that any number of threads use at once.
#[derive(Trace)]
pub(crate) struct List<'gc, T> {
    first: GcCell<Link<'gc, T>>,
}

#[derive(Trace)]
struct Node<'gc, T> {
    value: T,
    link: GcCell<Link<'gc, T>>,
}

/// What follows in the list, and whether the node that says so is removed: one word.
#[derive(Trace, Word)]
enum Link<'gc, T> {
    /// The node is in the set.
    Live(Option<Gc<'gc, Node<'gc, T>>>),
    /// The node is removed.
    Removed(Option<Gc<'gc, Node<'gc, T>>>),
}

impl<T> Clone for Link<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Link<'_, T> {}

/// A place between two neighbours.
struct Place<'a, 'gc, T> {
    /// The link of the last node that is less than the value, or of the list. It led to `right`.
    left: &'a GcCell<Link<'gc, T>>,
    /// The first node that is not.
    right: Option<Gc<'gc, Node<'gc, T>>>,
}

impl<'gc, T: Trace<'gc> + Ord> List<'gc, T> {
    /// A set without values.
    pub(crate) fn new() -> Self {
        Self { first: GcCell::new(Link::Live(None)) }
    }

    /// Inserts a value; whether it was not there before.
    pub(crate) fn insert(&self, mc: &Mutation<'gc>, value: T) -> bool {
        // If the value is there, the node is garbage.
        let node = Gc::new(mc, Node { value, link: GcCell::new(Link::Live(None)) });
        loop {
            let Place { left, right } = self.find(mc, &node.value);
            if right.is_some_and(|right| right.value == node.value) {
                return false;
            }
            node.link.set(mc, Link::Live(right));
            if left.compare_exchange(mc, Link::Live(right), Link::Live(Some(node))).is_ok() {
                return true;
            }
        }
    }

    /// Removes a value; whether it was there.
    pub(crate) fn remove(&self, mc: &Mutation<'gc>, value: &T) -> bool {
        loop {
            let Place { left, right } = self.find(mc, value);
            let Some(node) = right.filter(|right| right.value == *value) else { return false };
            // Whoever marks the node has removed it. If another thread has, or something was inserted behind the node,
            // the next look tells.
            let link = node.link.get();
            let Link::Live(next) = link else { continue };
            if node.link.compare_exchange(mc, link, Link::Removed(next)).is_err() {
                continue;
            }
            // If this fails, somebody takes it out who comes by.
            let _ = left.compare_exchange(mc, Link::Live(right), Link::Live(next));
            return true;
        }
    }

    /// Whether a value is in the set. Changes nothing, and ends whatever other threads do.
    pub(crate) fn contains(&self, value: &T) -> bool {
        self.iter().find(|found| *found >= value) == Some(value)
    }

    /// The values in ascending order. What is inserted and removed meanwhile may be among them or not.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &'gc T> {
        let mut link = self.first.get();
        core::iter::from_fn(move || {
            loop {
                let (Link::Live(next) | Link::Removed(next)) = link;
                let node = Gc::as_ref(next?);
                link = node.link.get();
                if matches!(link, Link::Live(_)) {
                    return Some(&node.value);
                }
            }
        })
    }

    /// Finds the place of a value, and takes removed nodes out that lie before it. `right` was in the set when it was
    /// looked at, and so it was not removed before this search began.
    fn find(&self, mc: &Mutation<'gc>, value: &T) -> Place<'_, 'gc, T> {
        loop {
            let mut left = &self.first;
            // The head of the list is no node and never marked.
            let mut seen = left.get();
            let (Link::Live(mut right) | Link::Removed(mut right)) = seen;
            while let Some(node) = right {
                let link = node.link.get();
                match link {
                    Link::Removed(next) => right = next,
                    Link::Live(_) if node.value >= *value => break,
                    Link::Live(next) => {
                        (left, seen, right) = (&Gc::as_ref(node).link, link, next);
                    }
                }
            }
            let (Link::Live(next) | Link::Removed(next)) = seen;
            let adjacent = next.map(Gc::as_ptr) == right.map(Gc::as_ptr);
            // Between the two are removed nodes only, whose links no longer change: all are taken out at once.
            if adjacent || left.compare_exchange(mc, seen, Link::Live(right)).is_ok() {
                return Place { left, right };
            }
        }
    }
}
