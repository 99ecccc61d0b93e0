//! The stack of the example, on `crossbeam-epoch`: a node that was popped is freed when no thread is pinned that may
//! have seen it.

use std::sync::atomic::Ordering::{Acquire, Relaxed, Release};

use crossbeam_epoch::{Atomic, Guard, Owned};

use crate::backoff::Backoff;

/// A stack of numbers. What is in it at the end is not freed.
pub(crate) struct EpochStack {
    top: Atomic<Node>,
}

struct Node {
    value: u64,
    below: Atomic<Node>,
}

impl EpochStack {
    pub(crate) fn new() -> Self {
        Self { top: Atomic::null() }
    }

    pub(crate) fn push(&self, guard: &Guard, value: u64) {
        let mut top = self.top.load(Relaxed, guard);
        let mut node = Owned::new(Node { value, below: Atomic::null() });
        let mut backoff = Backoff::new();
        loop {
            node.below.store(top, Relaxed);
            // Release: whoever pops the node sees what is in it.
            match self.top.compare_exchange(top, node, Release, Relaxed, guard) {
                Ok(_) => return,
                Err(failed) => {
                    backoff.wait();
                    (top, node) = (self.top.load(Relaxed, guard), failed.new);
                }
            }
        }
    }

    pub(crate) fn pop(&self, guard: &Guard) -> Option<u64> {
        let mut backoff = Backoff::new();
        loop {
            let top = self.top.load(Acquire, guard);
            // SAFETY: a node that was on the stack while this thread was pinned.
            let node = unsafe { top.as_ref() }?;
            let below = node.below.load(Relaxed, guard);
            // Release: the one below may be another thread's, of which this thread passes on what it knows.
            if self.top.compare_exchange(top, below, Release, Relaxed, guard).is_ok() {
                let value = node.value;
                // SAFETY: taken off the stack by this thread, so deferred once; no new thread sees it.
                unsafe { guard.defer_destroy(top) };
                return Some(value);
            }
            backoff.wait();
        }
    }
}
