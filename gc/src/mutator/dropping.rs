//! Who runs destructors, and how far they are.

use crate::sync::{Arc, AtomicU64, Ordering};

/// How many destructors of a list have run.
pub(crate) type Ran = Arc<AtomicU64>;

/// A list of dead objects whose destructors a thread runs.
#[derive(Debug)]
struct List {
    number: u64,
    objects: u64,
    /// Written by that thread. Relaxed: a counter.
    ran: Ran,
}

/// The lists whose destructors threads run.
///
/// Their numbers grow, and each is in until its end.
#[derive(Debug, Default)]
pub(crate) struct Dropping {
    lists: Vec<List>,
    next: u64,
    /// Objects of lists that are done.
    done: u64,
}

impl Dropping {
    /// A thread begins with a list.
    pub(crate) fn begin(&mut self, objects: u64) -> Ran {
        let ran = Ran::default();
        self.lists.push(List { number: self.next, objects, ran: Arc::clone(&ran) });
        self.next += 1;
        ran
    }

    /// The thread is done with it.
    pub(crate) fn end(&mut self, ran: &Ran) {
        let ended = self.lists.iter().position(|list| Arc::ptr_eq(&list.ran, ran));
        let list = self.lists.swap_remove(ended.expect("a list that was begun"));
        self.done += list.objects;
    }

    /// Whether a thread runs some.
    pub(crate) fn is_running(&self) -> bool {
        !self.lists.is_empty()
    }

    /// A moment, to ask later for what had begun before.
    pub(crate) fn now(&self) -> u64 {
        self.next
    }

    /// Objects of lists begun before that moment whose destructors have not run.
    pub(crate) fn left_before(&self, moment: u64) -> u64 {
        let before = self.lists.iter().filter(|list| list.number < moment);
        before.map(|list| list.objects - list.ran.load(Ordering::Relaxed)).sum()
    }

    /// Destructors that have run since the heap was made.
    pub(crate) fn progress(&self) -> u64 {
        self.done + self.lists.iter().map(|list| list.ran.load(Ordering::Relaxed)).sum::<u64>()
    }
}
