//! The structures as std has them, for one thread.

use std::collections::{BTreeSet, VecDeque};

use super::linearizable::Model;

/// Calls of a stack or a queue.
#[derive(Clone, Copy, Debug)]
pub(super) enum OnEnds {
    Push(u64),
    Pop,
}

/// Last in, first out.
#[derive(Clone, Default, PartialEq, Eq, Hash, Debug)]
pub(super) struct Lifo(Vec<u64>);

impl Model for Lifo {
    type Call = OnEnds;
    /// What was popped, if anything.
    type Answer = Option<u64>;

    fn call(&mut self, call: OnEnds) -> Option<u64> {
        match call {
            OnEnds::Push(value) => self.0.push(value),
            OnEnds::Pop => return self.0.pop(),
        }
        None
    }
}

/// First in, first out.
#[derive(Clone, Default, PartialEq, Eq, Hash, Debug)]
pub(super) struct Fifo(VecDeque<u64>);

impl Model for Fifo {
    type Call = OnEnds;
    /// What was popped, if anything.
    type Answer = Option<u64>;

    fn call(&mut self, call: OnEnds) -> Option<u64> {
        match call {
            OnEnds::Push(value) => self.0.push_back(value),
            OnEnds::Pop => return self.0.pop_front(),
        }
        None
    }
}

/// Calls of a set.
#[derive(Clone, Copy, Debug)]
pub(super) enum OnSet {
    Insert(usize),
    Remove(usize),
    Contains(usize),
}

/// A set in order.
#[derive(Clone, Default, PartialEq, Eq, Hash, Debug)]
pub(super) struct Set(pub(super) BTreeSet<usize>);

impl Model for Set {
    type Call = OnSet;
    /// Whether the set has changed, or has the value.
    type Answer = bool;

    fn call(&mut self, call: OnSet) -> bool {
        match call {
            OnSet::Insert(value) => self.0.insert(value),
            OnSet::Remove(value) => self.0.remove(&value),
            OnSet::Contains(value) => self.0.contains(&value),
        }
    }
}
