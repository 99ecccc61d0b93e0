//! Who runs finalizers and cleanups, and what they have taken from the queue.
//!
//! Whoever runs them has a *turn*, of which there is one at a time, and begins one callback after the other. Any of them
//! may take for ever: a turn whose callback takes too long is *overtaken*. It then begins no other, and what it has
//! taken and not begun goes to the next turn.

use std::collections::VecDeque;

use super::roots::RootSlot;
use crate::callback::CallbackKind;
use crate::special::Pending;

/// A finalizer or cleanup that is about to run, with the root that a finalizer's object has got.
pub(crate) type Ready = (Pending, Option<&'static RootSlot>);

/// Who runs finalizers and cleanups.
///
/// # Invariants
///
/// 1. Only the current turn begins callbacks.
/// 2. What is ready was taken from the queue, and is in no turn's hands: a turn takes one out when it begins it.
#[derive(Debug, Default)]
pub(crate) struct Calling {
    /// The turn that there is.
    current: Option<u64>,
    /// Turns that were overtaken and have not ended.
    overtaken: usize,
    ready: VecDeque<Ready>,
    /// Turns that have begun.
    turns: u64,
    /// Callbacks that have begun.
    begun: u64,
    /// Finalizers that have run.
    finalizers_run: u64,
    cleanups_run: u64,
}

impl Calling {
    /// Begins a turn, if there is none.
    pub(crate) fn begin_turn(&mut self) -> Option<u64> {
        if self.current.is_some() {
            return None;
        }
        self.turns += 1;
        self.current = Some(self.turns);
        self.current
    }

    /// Adds what the current turn has taken from the queue.
    pub(crate) fn add(&mut self, batch: impl IntoIterator<Item = Ready>) {
        self.ready.extend(batch);
    }

    /// Takes out what this turn is to begin now; `None` if there is nothing, or it was overtaken.
    pub(crate) fn next(&mut self, turn: u64) -> Option<Ready> {
        if self.current != Some(turn) {
            return None;
        }
        let next = self.ready.pop_front()?;
        self.begun += 1;
        Some(next)
    }

    /// Notes that one has run.
    pub(crate) fn note_run(&mut self, kind: CallbackKind) {
        match kind {
            CallbackKind::Finalizer => self.finalizers_run += 1,
            CallbackKind::Cleanup => self.cleanups_run += 1,
            CallbackKind::Destructor => unreachable!("destructors are counted elsewhere"),
        }
    }

    /// Finalizers and cleanups that have run.
    pub(crate) fn run(&self) -> (u64, u64) {
        (self.finalizers_run, self.cleanups_run)
    }

    /// How many have run.
    pub(crate) fn n_run(&self) -> u64 {
        self.finalizers_run + self.cleanups_run
    }

    /// Ends a turn.
    pub(crate) fn end_turn(&mut self, turn: u64) {
        if self.current == Some(turn) {
            self.current = None;
        } else {
            self.overtaken -= 1;
        }
    }

    /// The callback that the current turn has begun last, as a number.
    pub(crate) fn current(&self) -> Option<u64> {
        self.current.map(|_| self.begun)
    }

    /// Overtakes the current turn, if it has begun no callback since that one; whether it has been overtaken.
    pub(crate) fn overtake(&mut self, begun: u64) -> bool {
        let stuck = self.current() == Some(begun);
        if stuck {
            self.current = None;
            self.overtaken += 1;
        }
        stuck
    }

    /// Whether some thread runs a callback, or is about to.
    pub(crate) fn is_running(&self) -> bool {
        self.current.is_some() || self.overtaken > 0
    }

    /// Finalizers and cleanups that were taken from the queue and have not begun.
    pub(crate) fn n_ready(&self) -> usize {
        self.ready.len()
    }

    /// Takes out everything that is ready: the heap has ended.
    pub(crate) fn take_ready(&mut self) -> impl Iterator<Item = Ready> + use<> {
        core::mem::take(&mut self.ready).into_iter()
    }
}

#[cfg(test)]
mod tests {
    use super::Calling;
    use crate::special::{Cleanup, Pending};

    fn ready(n: usize) -> impl Iterator<Item = super::Ready> {
        (0..n).map(|_| (Pending::Cleanup(Cleanup(Box::new(|| ()))), None))
    }

    #[test]
    fn there_is_one_turn_at_a_time() {
        let mut calling = Calling::default();
        let first = calling.begin_turn().unwrap();
        assert_eq!(calling.begin_turn(), None);
        calling.add(ready(1));
        assert!(calling.next(first).is_some() && calling.next(first).is_none());
        calling.end_turn(first);
        assert!(!calling.is_running());
        assert_ne!(calling.begin_turn(), Some(first), "a number is not used again");
    }

    #[test]
    fn a_turn_that_was_overtaken_begins_nothing() {
        let mut calling = Calling::default();
        let first = calling.begin_turn().unwrap();
        calling.add(ready(3));
        let before = calling.current().unwrap();
        assert!(calling.next(first).is_some());
        assert!(!calling.overtake(before), "another callback has begun since");
        let begun = calling.current().unwrap();
        assert!(calling.overtake(begun) && !calling.overtake(begun));
        assert!(calling.next(first).is_none());

        let second = calling.begin_turn().unwrap();
        assert!(calling.next(second).is_some());
        calling.end_turn(first);
        assert!(calling.is_running(), "the second turn goes on");
        assert!(calling.next(second).is_some() && calling.next(second).is_none());
        calling.end_turn(second);
        assert!(!calling.is_running());
    }
}
