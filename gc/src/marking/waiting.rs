//! Values that wait for their keys: those of ephemerons whose keys are not marked.
//!
//! A value enters with an unmarked key; it comes out, as work that is due, when the worker marks the key. So each enters
//! and leaves once, and each object that is marked meanwhile is looked up once.

use crate::table::Table;
use crate::trace::{Conditional, Deferred};

/// No value.
const NONE: usize = usize::MAX;

/// Values that wait for their keys.
///
/// # Invariants
///
/// 1. From `first` on, and from one to the next, lead chains of the values that wait for an object; each value that waits
///    is in one of them, and is there.
/// 2. No object that values wait for is marked.
#[derive(Debug, Default)]
pub(super) struct Waiting {
    /// The first value that waits for an object, by the address of the object.
    first: Table<usize>,
    /// Each with the next one that waits for the same object.
    values: Vec<(Option<Conditional>, usize)>,
    /// What is to be done because keys were marked.
    due: Vec<Deferred>,
}

impl Waiting {
    /// Has a value wait for an object that is not marked.
    pub(super) fn add(&mut self, object: usize, value: Conditional) {
        let place = self.values.len();
        let next = self.first.insert(object, place).unwrap_or(NONE);
        self.values.push((Some(value), next));
    }

    /// The object was just marked: what waited for it is due.
    pub(super) fn note_marked(&mut self, object: usize) {
        let Some(mut place) = self.first.remove(object) else { return };
        while let Some((value, next)) = self.values.get_mut(place) {
            self.due.extend(value.take().map(Conditional::due));
            place = *next;
        }
    }

    /// Moves what is due to the end of `work`.
    pub(super) fn take_due(&mut self, work: &mut Vec<Deferred>) {
        work.append(&mut self.due);
    }

    /// Whether nothing is due.
    pub(super) fn is_settled(&self) -> bool {
        self.due.is_empty()
    }

    /// Takes out all that waits.
    pub(super) fn take_all(&mut self) -> impl Iterator<Item = Conditional> + use<> {
        self.first = Table::default();
        core::mem::take(&mut self.values).into_iter().filter_map(|(value, _)| value)
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::Waiting;
    use crate::trace::Tracer;

    /// Values that wait for these objects, each a number of its own.
    fn waiting(values: &[u64], keys: &[usize]) -> Waiting {
        let mut waiting = Waiting::default();
        for (value, &key) in values.iter().zip(keys) {
            let mut tracer = Tracer::new();
            tracer.if_marked(core::ptr::without_provenance(key), value);
            tracer.conditional.drain(..).for_each(|value| waiting.add(key, value));
        }
        waiting
    }

    #[test]
    fn each_value_is_due_once_when_its_key_is_marked() {
        let (values, keys) = ([0; 7], [16, 32, 16, 48, 16, 64, 32]);
        let mut waiting = waiting(&values, &keys);
        for (marked, expected) in [(80, 0), (16, 3), (16, 0), (64, 1), (32, 2), (32, 0)] {
            waiting.note_marked(marked);
            assert_eq!(waiting.is_settled(), expected == 0);
            let mut work = Vec::new();
            waiting.take_due(&mut work);
            assert_eq!(work.len(), expected, "what waits for {marked}");
        }
        let left: Vec<usize> = waiting.take_all().map(|value| value.key.addr()).collect();
        assert_eq!(left, [48]);
        waiting.note_marked(48);
        assert!(waiting.is_settled() && waiting.take_all().next().is_none());
    }
}
