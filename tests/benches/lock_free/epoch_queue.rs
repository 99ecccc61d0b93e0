//! The queue of the example, on `crossbeam-epoch`: a node that `head` has passed is freed when no thread is pinned that
//! may have seen it.

use std::sync::atomic::Ordering::{Acquire, Relaxed, Release};

use crossbeam_epoch::{Atomic, Guard, Owned, Shared, unprotected};

use crate::backoff::Backoff;

/// A queue of numbers. What is in it at the end is not freed.
pub(crate) struct EpochQueue {
    head: Atomic<Node>,
    tail: Atomic<Node>,
}

struct Node {
    value: u64,
    next: Atomic<Node>,
}

impl EpochQueue {
    pub(crate) fn new() -> Self {
        let queue = Self { head: Atomic::null(), tail: Atomic::null() };
        // SAFETY: no other thread has the queue yet.
        let guard = unsafe { unprotected() };
        let before_first = Owned::new(Node { value: 0, next: Atomic::null() }).into_shared(guard);
        queue.head.store(before_first, Relaxed);
        queue.tail.store(before_first, Relaxed);
        queue
    }

    pub(crate) fn push(&self, guard: &Guard, value: u64) {
        let node = Owned::new(Node { value, next: Atomic::null() }).into_shared(guard);
        let mut backoff = Backoff::new();
        loop {
            let last = self.tail.load(Acquire, guard);
            // SAFETY: `tail` is never behind `head`, so this node was in the queue while this thread was pinned.
            let next = &unsafe { last.deref() }.next;
            // Release: whoever pops the node sees what is in it.
            match next.compare_exchange(Shared::null(), node, Release, Acquire, guard) {
                Ok(_) => {
                    self.move_tail(guard, last, node);
                    return;
                }
                Err(failed) => self.move_tail(guard, last, failed.current),
            }
            backoff.wait();
        }
    }

    pub(crate) fn pop(&self, guard: &Guard) -> Option<u64> {
        let mut backoff = Backoff::new();
        loop {
            let before_first = self.head.load(Acquire, guard);
            // SAFETY: a node that was in the queue while this thread was pinned.
            let first = unsafe { before_first.deref() }.next.load(Acquire, guard);
            // SAFETY: as above.
            let node = unsafe { first.as_ref() }?;
            if before_first == self.tail.load(Acquire, guard) {
                self.move_tail(guard, before_first, first);
            }
            if self.head.compare_exchange(before_first, first, Release, Relaxed, guard).is_ok() {
                // SAFETY: passed by `head` by this thread, so deferred once; `tail` has passed it before.
                unsafe { guard.defer_destroy(before_first) };
                return Some(node.value);
            }
            backoff.wait();
        }
    }

    /// Moves `tail` on, unless another thread has.
    fn move_tail(&self, guard: &Guard, from: Shared<'_, Node>, to: Shared<'_, Node>) {
        // If this fails it is done.
        let _ = self.tail.compare_exchange(from, to, Release, Relaxed, guard);
    }
}
