//! A stack without locks.
//!
//! R. K. Treiber, *Systems Programming: Coping with Parallelism*, IBM Research Report RJ 5118, 1986.
//!
//! The stack is a list of nodes and a cell that points to the top one. `push` makes a node that points to the top it
//! saw, and puts it there by `compare_exchange`; `pop` moves the cell to the node below the top it saw. Whoever finds
//! that the top has changed meanwhile begins again with the new one: so some thread always gets on.
//!
//! # Why ABA cannot occur
//!
//! `pop` reads the top `a` and the node below it, `b`, and then exchanges `a` for `b`. Elsewhere another thread may have
//! popped `a` and `b` in between, freed them, and pushed a new node that lies where `a` lay. The exchange succeeds,
//! and the stack continues with `b`, which is free. Epochs, hazard pointers and counters beside the pointer are there to
//! prevent this.
//!
//! Here nothing has to: the thread that knows `a` is inside a mutation, so `a` is not freed and no new node has its
//! address; and no node is pushed twice. If `a` is on top, it has been there all the time.

use gc::{Gc, GcCell, Mutation, Trace};

use super::backoff::Backoff;

/// A stack that any number of threads use at once.
#[derive(Trace)]
pub(crate) struct Stack<'gc, T> {
    top: GcCell<Option<Gc<'gc, Node<'gc, T>>>>,
}

#[derive(Trace)]
struct Node<'gc, T> {
    value: T,
    /// The node below. Nobody changes it once the node is on the stack.
    below: GcCell<Option<Gc<'gc, Node<'gc, T>>>>,
}

impl<'gc, T: Trace<'gc>> Stack<'gc, T> {
    /// A stack without values.
    pub(crate) fn new() -> Self {
        Self { top: GcCell::new(None) }
    }

    /// Puts a value on top.
    pub(crate) fn push(&self, mc: &Mutation<'gc>, value: T) {
        let mut top = self.top.get();
        let node = Gc::new(mc, Node { value, below: GcCell::new(top) });
        let mut backoff = Backoff::new();
        while self.top.compare_exchange(mc, top, Some(node)).is_err() {
            backoff.wait();
            top = self.top.get();
            node.below.set(mc, top);
        }
    }

    /// Takes the value on top away. It stays where it is, as other threads may be looking at its node, and dies after
    /// the mutation unless something points to it.
    pub(crate) fn pop(&self, mc: &Mutation<'gc>) -> Option<&'gc T> {
        let mut backoff = Backoff::new();
        loop {
            let top = self.top.get();
            let node = Gc::as_ref(top?);
            if self.top.compare_exchange(mc, top, node.below.get()).is_ok() {
                return Some(&node.value);
            }
            backoff.wait();
        }
    }
}
