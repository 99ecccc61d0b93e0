//! Whether a recorded history could have come about with one call after the other.
//!
//! J. M. Wing and C. Gong, *Testing and Verifying Concurrent Objects*, 1993. A structure is linearizable if every call
//! seems to take effect at one moment between its begin and its end. So a history is right if its calls have an order
//! in which a sequential model gives the same answers, and in which no call comes before one that had ended when it
//! began. The search tries every call that may be next, and goes back where the model answers otherwise. What was
//! found to lead nowhere, which calls are done and the state of the model, is not tried again.

use std::collections::HashSet;
use std::fmt::Debug;
use std::hash::Hash;

/// What a structure does when nobody else is there.
pub(super) trait Model: Clone + Eq + Hash {
    type Call: Copy + Debug;
    type Answer: PartialEq + Debug;

    /// Does what is asked.
    fn call(&mut self, call: Self::Call) -> Self::Answer;
}

/// A call, its answer, and the times at which it began and ended.
#[derive(Debug)]
pub(super) struct Event<M: Model> {
    pub(super) began: u64,
    pub(super) ended: u64,
    pub(super) call: M::Call,
    pub(super) answer: M::Answer,
}

/// Whether the calls have an order in which the model gives these answers, if it begins so.
pub(super) fn is_linearizable<M: Model>(start: &M, history: &[Event<M>]) -> bool {
    assert!(history.len() < 64, "a bit for each call");
    Search { history, in_vain: HashSet::new() }.continues(0, start)
}

struct Search<'a, M: Model> {
    history: &'a [Event<M>],
    /// Calls done, as bits, and the state after them, from where there is no way on.
    in_vain: HashSet<(u64, M)>,
}

impl<M: Model> Search<'_, M> {
    /// Whether the calls that are not in `done` can follow in some order.
    fn continues(&mut self, done: u64, model: &M) -> bool {
        let history = self.history;
        let open = || history.iter().enumerate().filter(|(at, _)| done & 1 << at == 0);
        // What began after another call's end cannot come before it.
        let Some(first_end) = open().map(|(_, event)| event.ended).min() else { return true };
        if self.in_vain.contains(&(done, model.clone())) {
            return false;
        }
        let found = open().filter(|(_, event)| event.began < first_end).any(|(at, event)| {
            let mut model = model.clone();
            model.call(event.call) == event.answer && self.continues(done | 1 << at, &model)
        });
        if !found {
            self.in_vain.insert((done, model.clone()));
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::super::models::{Fifo, Lifo, OnEnds, OnSet, Set};
    use super::{Event, Model, is_linearizable};

    /// A history of calls with the times at which they began and ended.
    fn check<M: Model + Default, const N: usize>(events: [(u64, u64, M::Call, M::Answer); N]) -> bool {
        let event = |(began, ended, call, answer)| Event { began, ended, call, answer };
        is_linearizable(&M::default(), &events.map(event))
    }

    const PUSHED: Option<u64> = None;

    #[test]
    fn calls_one_after_the_other_have_one_order() {
        let (push, pop) = (OnEnds::Push, OnEnds::Pop);
        assert!(is_linearizable(&Lifo::default(), &[]));
        assert!(check::<Lifo, 3>([(0, 1, push(1), PUSHED), (2, 3, push(2), PUSHED), (4, 5, pop, Some(2))]));
        assert!(!check::<Lifo, 3>([(0, 1, push(1), PUSHED), (2, 3, push(2), PUSHED), (4, 5, pop, Some(1))]));
        assert!(check::<Fifo, 3>([(0, 1, push(1), PUSHED), (2, 3, push(2), PUSHED), (4, 5, pop, Some(1))]));
        assert!(!check::<Fifo, 3>([(0, 1, push(1), PUSHED), (2, 3, push(2), PUSHED), (4, 5, pop, Some(2))]));
    }

    #[test]
    fn calls_at_one_time_have_any_order() {
        let (push, pop) = (OnEnds::Push, OnEnds::Pop);
        for first in [1, 2] {
            let history = [(0, 4, push(1), PUSHED), (1, 3, push(2), PUSHED), (5, 6, pop, Some(first))];
            assert!(check::<Fifo, 3>(history), "{first}");
        }
        // A value may be taken before the call ends that pushes it, and not before it begins.
        assert!(check::<Fifo, 2>([(0, 3, push(1), PUSHED), (1, 2, pop, Some(1))]));
        assert!(!check::<Fifo, 2>([(2, 3, push(1), PUSHED), (0, 1, pop, Some(1))]));
    }

    #[test]
    fn values_are_taken_once_and_not_lost() {
        let (push, pop) = (OnEnds::Push, OnEnds::Pop);
        let twice = [(0, 1, push(1), PUSHED), (2, 5, pop, Some(1)), (3, 4, pop, Some(1))];
        assert!(!check::<Lifo, 3>(twice));
        let lost =
            [(0, 1, push(1), PUSHED), (2, 3, push(2), PUSHED), (4, 5, pop, Some(2)), (6, 7, pop, None)];
        assert!(!check::<Lifo, 4>(lost));
        let invented = [(0, 1, push(1), PUSHED), (2, 3, pop, Some(3))];
        assert!(!check::<Lifo, 2>(invented));
    }

    /// Two insertions beside a third thread that sees the later one and then not the earlier one, which had ended.
    #[test]
    fn what_is_seen_stays_seen() {
        let (insert, contains) = (OnSet::Insert, OnSet::Contains);
        let history = |second| {
            [
                (0, 1, insert(1), true),
                (2, 7, insert(2), true),
                (3, 4, contains(2), true),
                (5, 6, second, true),
            ]
        };
        assert!(check::<Set, 4>(history(contains(1))));
        assert!(check::<Set, 4>(history(contains(2))));
        assert!(!check::<Set, 4>(history(contains(3))));
        let unseen = [(0, 3, insert(2), true), (1, 2, contains(2), true), (4, 5, contains(2), false)];
        assert!(!check::<Set, 3>(unseen));
    }

    #[test]
    fn one_of_two_wins() {
        let (insert, remove) = (OnSet::Insert, OnSet::Remove);
        let race = |won| [(0, 1, insert(1), true), (2, 5, remove(1), true), (3, 4, remove(1), won)];
        assert!(check::<Set, 3>(race(false)));
        assert!(!check::<Set, 3>(race(true)));
    }

    /// Many calls at one time: what was in vain is not tried again.
    #[test]
    fn a_search_in_vain_ends() {
        let push = |at| (at, 100, OnEnds::Push(7), PUSHED);
        let mut events: Vec<_> = (0..16).map(push).collect();
        events.push((101, 102, OnEnds::Pop, Some(8)));
        let event = |(began, ended, call, answer)| Event { began, ended, call, answer };
        let history: Vec<Event<Fifo>> = events.into_iter().map(event).collect();
        assert!(!is_linearizable(&Fifo::default(), &history));
    }
}
