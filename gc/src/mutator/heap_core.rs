//! The core of a heap: what handles, mutators and the collector share.

use super::gate::Gate;
use super::roots::RootTable;
use crate::error::AllocError;
use crate::memory::{DeadSlots, Memory};
use crate::options::Options;
use crate::stats::Totals;
use crate::sync::{Arc, AtomicBool, AtomicU64, Condvar, Mutex, Ordering, Rank};

/// The identity of a heap: never used again in this process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct HeapId(u64);

impl HeapId {
    fn next() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        // Relaxed: only uniqueness matters.
        Self(NEXT.fetch_add(1, Ordering::Relaxed))
    }

    /// The number in messages.
    pub(crate) fn number(self) -> u64 {
        self.0
    }
}

/// Destructors that are due, and those that a thread is running.
#[derive(Debug, Default)]
pub(crate) struct Destructors {
    /// Not taken by any thread yet.
    pub(crate) due: Vec<DeadSlots>,
    /// Lists that threads have taken and not finished.
    pub(crate) running: usize,
    /// Whether the heap's service thread exists.
    pub(crate) served: bool,
}

/// What handles, mutators and the collector of a heap share.
#[derive(Debug)]
pub(crate) struct Core {
    pub(crate) id: HeapId,
    pub(crate) options: Options,
    pub(crate) gate: Gate,
    pub(crate) memory: Mutex<Memory>,
    pub(crate) totals: Mutex<Totals>,
    pub(crate) roots: Arc<RootTable>,
    pub(crate) destructors: Mutex<Destructors>,
    /// A list of destructors was finished.
    pub(crate) destructors_ran: Condvar,
    /// The last `Heap` handle is gone.
    closed: AtomicBool,
}

impl Core {
    pub(crate) fn new(options: Options) -> Arc<Self> {
        let id = HeapId::next();
        // As after a cycle that found nothing: early enough to leave a sixteenth of the limit.
        let first_cycle_at = options.min_heap_bytes.min(options.limit_bytes - options.limit_bytes / 16);
        let totals = Totals { next_cycle_at: first_cycle_at as u64, ..Totals::default() };
        Arc::new(Self {
            id,
            gate: Gate::new(),
            memory: Mutex::new(Rank::Memory, Memory::new(options.limit_bytes)),
            totals: Mutex::new(Rank::Totals, totals),
            roots: RootTable::new(id, options.name.clone()),
            destructors: Mutex::new(Rank::Destructors, Destructors::default()),
            destructors_ran: Condvar::new(),
            closed: AtomicBool::new(false),
            options,
        })
    }

    /// Notes that there was no room: pages may be full of garbage long before as many bytes were allocated as
    /// the next cycle waits for, so it is due at the next safepoint.
    #[cold]
    pub(crate) fn allocation_failed(&self, error: AllocError) -> AllocError {
        // What is larger than all the heap may ever have is no reason.
        if error.requested < self.options.limit_bytes {
            self.totals.lock().next_cycle_at = 0;
        }
        error
    }

    /// Notes that no handle is left.
    pub(crate) fn close(&self) {
        // Release: pairs with the acquire in `is_closed`.
        self.closed.store(true, Ordering::Release);
    }

    /// Whether no handle is left.
    pub(crate) fn is_closed(&self) -> bool {
        // Acquire: pairs with the release in `close`.
        self.closed.load(Ordering::Acquire)
    }
}
