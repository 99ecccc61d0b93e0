//! Who runs destructors, and how far they are.

use crate::sync::{Arc, AtomicU64, Ordering};

/// A list of dead objects whose destructors a thread runs. All relaxed: counters, which that thread writes.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    objects: AtomicU64,
    ran: AtomicU64,
}

impl Batch {
    /// The thread has found so many objects.
    pub(crate) fn found(&self, objects: u64) {
        self.objects.store(objects, Ordering::Relaxed);
    }

    /// So many of their destructors have run.
    #[inline]
    pub(crate) fn ran(&self, objects: u64) {
        self.ran.store(objects, Ordering::Relaxed);
    }

    fn left(&self) -> u64 {
        self.objects.load(Ordering::Relaxed).saturating_sub(self.ran.load(Ordering::Relaxed))
    }
}

/// The batches whose destructors threads run, by numbers that grow; each is in from before its objects are taken until
/// their slots are free.
#[derive(Debug, Default)]
pub(crate) struct Dropping {
    batches: Vec<(u64, Arc<Batch>)>,
    next: u64,
    /// Objects of batches that are done.
    done: u64,
}

impl Dropping {
    /// A thread begins: it is about to take objects.
    pub(crate) fn begin(&mut self) -> Arc<Batch> {
        let batch = Arc::<Batch>::default();
        self.batches.push((self.next, Arc::clone(&batch)));
        self.next += 1;
        batch
    }

    /// The thread is done with them.
    pub(crate) fn end(&mut self, batch: &Arc<Batch>) {
        self.batches.retain(|(_, other)| !Arc::ptr_eq(other, batch));
        self.done += batch.ran.load(Ordering::Relaxed);
    }

    /// Whether a thread runs some.
    pub(crate) fn is_running(&self) -> bool {
        !self.batches.is_empty()
    }

    /// A moment, to ask later for what had begun before.
    pub(crate) fn now(&self) -> u64 {
        self.next
    }

    /// Objects of batches begun before that moment whose destructors have not run; `None` if all these are done.
    pub(crate) fn left_before(&self, moment: u64) -> Option<u64> {
        let before = self.batches.iter().filter(|&&(number, _)| number < moment);
        before.map(|(_, batch)| batch.left()).reduce(|one, other| one + other)
    }

    /// Destructors that have run since the heap was made.
    pub(crate) fn progress(&self) -> u64 {
        self.done + self.batches.iter().map(|(_, batch)| batch.ran.load(Ordering::Relaxed)).sum::<u64>()
    }
}
