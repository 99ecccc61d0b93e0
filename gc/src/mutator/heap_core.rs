//! The core of a heap: what handles, mutators and the collector share.

use super::gate::Gate;
use super::roots::RootTable;
use crate::error::AllocError;
use crate::memory::Memory;
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

/// Work that is done outside of mutations: sweeping in the background, destructors.
#[derive(Debug, Default)]
pub(crate) struct Work {
    /// Threads that do some.
    pub(crate) busy: usize,
    /// Whether the heap's service thread exists.
    pub(crate) served: bool,
    /// Whether it has been told of work that it has not begun.
    pub(crate) wanted: bool,
    /// Whether the heap is closed and all its objects are dropped.
    pub(crate) ended: bool,
}

/// What handles, mutators and the collector of a heap share.
#[derive(Debug)]
pub(crate) struct Core {
    pub(crate) id: HeapId,
    pub(crate) options: Options,
    pub(crate) gate: Gate,
    pub(crate) memory: Memory,
    pub(crate) totals: Mutex<Totals>,
    pub(crate) roots: Arc<RootTable>,
    pub(crate) work: Mutex<Work>,
    /// Some work was finished, or there is new work.
    pub(crate) work_changed: Condvar,
    /// Bytes that mutators may have claimed when the next automatic cycle starts.
    pub(crate) next_cycle_at: AtomicU64,
    /// Bytes of doomed objects above which entering threads wait a little for destructors.
    pub(crate) doomed_most: AtomicU64,
    /// The last `Heap` handle is gone.
    closed: AtomicBool,
}

impl Core {
    pub(crate) fn new(options: Options) -> Arc<Self> {
        let id = HeapId::next();
        // As after a cycle that found nothing: early enough to leave a sixteenth of the limit.
        let limit = options.limit_bytes.min(options.soft_limit_bytes);
        let first_cycle_at = options.min_heap_bytes.min(limit - limit / 16);
        Arc::new(Self {
            id,
            gate: Gate::new(),
            memory: Memory::new(options.limit_bytes),
            totals: Mutex::new(Rank::Totals, Totals::default()),
            roots: RootTable::new(id, options.name.clone()),
            work: Mutex::new(Rank::Work, Work::default()),
            work_changed: Condvar::new(),
            next_cycle_at: AtomicU64::new(first_cycle_at as u64),
            doomed_most: AtomicU64::new(options.min_heap_bytes as u64),
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
            // Relaxed: a hint.
            self.next_cycle_at.store(0, Ordering::Relaxed);
        }
        error
    }

    /// Notes that no handle is left.
    pub(crate) fn close(&self) {
        // Release: pairs with the acquire in `is_closed`.
        self.closed.store(true, Ordering::Release);
    }

    /// Whether an automatic cycle is due. Relaxed: a hint.
    pub(crate) fn is_cycle_due(&self) -> bool {
        self.memory.counters.bytes_claimed() >= self.next_cycle_at.load(Ordering::Relaxed)
    }

    /// Whether no handle is left.
    pub(crate) fn is_closed(&self) -> bool {
        // Acquire: pairs with the release in `close`.
        self.closed.load(Ordering::Acquire)
    }
}
