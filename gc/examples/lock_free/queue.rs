//! A first-in, first-out queue without locks.
//!
//! M. M. Michael and M. L. Scott, *Simple, Fast, and Practical Non-Blocking and Blocking Concurrent Queue Algorithms*,
//! PODC 1996.
//!
//! The queue is a list of nodes. `head` points to the node *before* the first value, so that there always is one;
//! `tail` to the last node, or to one before it. To push is to link a node behind the last one; to move `tail` to it is
//! a second step, which any thread does that finds it undone. To pop is to move `head` on by one node: the node it then
//! points to has given its value away and is the one before the first.
//!
//! # Why ABA cannot occur
//!
//! The paper has a counter beside each pointer, as a node that is freed may come back at the same address while
//! another thread still compares with it. Here a thread that compares is inside a mutation, so what it compares
//! with is not freed and no other node has its address; and a node that was in the queue is never linked again. So
//! `head` and `tail` point to no node twice, and `next` is `None` until it is a node for ever.

use gc::{Gc, GcCell, Mutation, Trace};

use super::backoff::Backoff;

/// A queue that any number of threads use at once.
#[derive(Trace)]
pub(crate) struct Queue<'gc, T> {
    head: GcCell<Gc<'gc, Node<'gc, T>>>,
    tail: GcCell<Gc<'gc, Node<'gc, T>>>,
}

#[derive(Trace)]
struct Node<'gc, T> {
    /// Nothing in the node that a queue begins with.
    value: Option<T>,
    next: GcCell<Option<Gc<'gc, Node<'gc, T>>>>,
}

impl<'gc, T: Trace<'gc>> Node<'gc, T> {
    fn new(mc: &Mutation<'gc>, value: Option<T>) -> Gc<'gc, Self> {
        Gc::new(mc, Self { value, next: GcCell::new(None) })
    }
}

impl<'gc, T: Trace<'gc>> Queue<'gc, T> {
    /// A queue without values.
    pub(crate) fn new(mc: &Mutation<'gc>) -> Self {
        let before_first = Node::new(mc, None);
        Self { head: GcCell::new(before_first), tail: GcCell::new(before_first) }
    }

    /// Appends a value.
    pub(crate) fn push(&self, mc: &Mutation<'gc>, value: T) {
        let node = Node::new(mc, Some(value));
        let mut backoff = Backoff::new();
        loop {
            let last = self.tail.get();
            let Err(next) = last.next.compare_exchange(mc, None, Some(node)) else {
                self.move_tail(mc, last, node);
                return;
            };
            // Another thread was first, and may not have come to the second step.
            if let Some(next) = next {
                self.move_tail(mc, last, next);
            }
            backoff.wait();
        }
    }

    /// Takes the first value. It stays where it is, as other threads may be looking at its node; the queue itself keeps
    /// it until the next one is taken.
    pub(crate) fn pop(&self, mc: &Mutation<'gc>) -> Option<&'gc T> {
        let mut backoff = Backoff::new();
        loop {
            let before_first = self.head.get();
            let first = before_first.next.get()?;
            // `head` must not overtake `tail`. In the paper `tail` would be left pointing to a free node; here it would
            // keep all nodes from there on, though they are popped.
            if Gc::ptr_eq(before_first, self.tail.get()) {
                self.move_tail(mc, before_first, first);
            }
            if self.head.compare_exchange(mc, before_first, first).is_ok() {
                return Gc::as_ref(first).value.as_ref();
            }
            backoff.wait();
        }
    }

    /// Moves `tail` on, unless another thread has.
    fn move_tail(&self, mc: &Mutation<'gc>, from: Gc<'gc, Node<'gc, T>>, to: Gc<'gc, Node<'gc, T>>) {
        // If this fails it is done.
        let _ = self.tail.compare_exchange(mc, from, to);
    }
}
