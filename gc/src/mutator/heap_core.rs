//! The core of a heap: what handles, mutators and the collector share.

use core::any::Any;
use core::panic::Location;
use std::time::Duration;

use super::barrier::Saved;
use super::calling::Calling;
use super::dropping::Dropping;
use super::gate::Gate;
use super::pacing::{Pacer, Took};
use super::record::Record;
use super::roots::RootTable;
use super::spares::Spares;
use super::thread::lose_records;
use crate::error::{AllocError, AllocErrorKind, CollectError, Refused};
use crate::fork;
use crate::marking::{Helpers, Marking, Roots};
use crate::memory::{Claim, Class, Memory, Specials};
use crate::options::Options;
use crate::special::Kept;
use crate::stats::{CycleStats, Totals};
use crate::sync::{Arc, AtomicBool, Condvar, Mutex, OnceLock, Ordering, Rank, Weak, fixed};
use crate::zeal::ZEAL;

/// The identity of a heap: never used again in this process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct HeapId(u64);

impl HeapId {
    /// That of no heap.
    pub(super) const NONE: Self = Self(0);

    pub(super) fn next() -> Self {
        static NEXT: fixed::AtomicU64 = fixed::AtomicU64::new(1);
        // Relaxed: only uniqueness matters.
        Self(NEXT.fetch_add(1, Ordering::Relaxed))
    }

    /// The number in messages.
    pub(crate) fn number(self) -> u64 {
        self.0
    }
}

/// What came of a collection that was asked for: set once the cycle is over.
pub(crate) type Outcome = Arc<OnceLock<Result<CycleStats, CollectError>>>;

/// What is done outside of mutations: cycles, sweeping in the background, destructors.
#[derive(Debug, Default)]
pub(crate) struct Work {
    /// Threads that do some.
    pub(crate) busy: usize,
    /// The destructors that threads run.
    pub(crate) dropping: Dropping,
    /// How many had ended when mutators last waited for them in vain.
    pub(crate) in_vain: Option<u64>,
    /// Who runs finalizers and cleanups.
    pub(crate) calling: Calling,
    /// Where whoever has called `collect` since the last cycle began finds what comes of it.
    pub(crate) request: Option<Outcome>,
    /// A cycle that has begun and not ended, while mutators run.
    pub(crate) begun: Option<Begun>,
    /// Addresses that mutators have saved for it.
    pub(crate) saved: Vec<usize>,
    /// Cycles that are over.
    pub(crate) cycles: u64,
    /// Whether a thread tells the program of the last cycle. The next one waits for that.
    pub(crate) telling: bool,
    /// How many threads could not stop the world, and give some time to those inside.
    pub(crate) stalled: usize,
    /// How often that time has ended early.
    pub(crate) times_ended: u64,
    /// The heap's own threads: coordinator, destructors, finalizers, watch, idle.
    pub(crate) services: [Serving; 5],
    /// Whether the heap is closed and all its objects are dropped.
    pub(crate) ended: bool,
}

/// A cycle that is under way.
#[derive(Debug)]
pub(crate) struct Begun {
    pub(crate) marking: Marking,
    /// About how many objects the next slice scans, if it marks in slices.
    pub(crate) slice: u64,
    /// Who asked for it.
    pub(crate) request: Option<Outcome>,
    /// Objects that had been found dead before.
    pub(crate) dead_before: u64,
    /// Time spent marking, and processor time.
    pub(crate) time: Duration,
    pub(crate) processor_time: Duration,
}

/// The state of one of a heap's own threads.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Serving {
    /// Whether the thread exists.
    pub(crate) served: bool,
    /// Whether it has been told of work that it has not begun.
    pub(crate) wanted: bool,
    /// Whether it waits to be told of work. Else it looks whether it is wanted before it does.
    pub(crate) waits: bool,
    /// How many were given up: each went on with something else.
    pub(crate) given_up: u32,
}

/// What handles, mutators and the collector of a heap share.
#[derive(Debug)]
pub(crate) struct Core {
    pub(crate) id: HeapId,
    /// How often threads were lost before it was made.
    losses: u32,
    pub(crate) options: Options,
    pub(crate) gate: Gate<Record>,
    pub(crate) spares: Spares,
    pub(crate) memory: Memory,
    pub(crate) totals: Mutex<Totals>,
    pub(crate) roots: Arc<RootTable>,
    /// Who helps to mark.
    pub(crate) helpers: Helpers,
    pub(crate) work: Mutex<Work>,
    /// Some work was finished, or there is new work.
    pub(crate) work_changed: Condvar,
    /// When the next automatic cycle starts.
    pub(crate) pacer: Pacer,
    /// The last `Heap` handle is gone.
    closed: AtomicBool,
    /// What all `Heap` handles share, as far as it is known here: something that keeps the heap open.
    door: OnceLock<Weak<dyn Any + Send + Sync>>,
}

impl Core {
    pub(crate) fn new(options: Options) -> Arc<Self> {
        fork::prepare(lose_records);
        let id = HeapId::next();
        Arc::new(Self {
            id,
            losses: fork::losses(),
            gate: Gate::new(),
            spares: Spares::new(),
            memory: Memory::new(options.limit_bytes, options.diagnose),
            totals: Mutex::new(Rank::Totals, Totals::default()),
            helpers: Helpers::new(&options),
            roots: RootTable::new(id, options.name.clone()),
            work: Mutex::new(Rank::Work, Work::default()),
            work_changed: Condvar::new(),
            pacer: Pacer::new(&options),
            closed: AtomicBool::new(false),
            door: OnceLock::new(),
            options,
        })
    }

    /// Whether threads that the heap knows do not exist in this process, which was forked off.
    pub(crate) fn is_lost(&self) -> bool {
        self.losses != fork::losses()
    }

    /// Panics if the heap has lost threads.
    #[track_caller]
    pub(crate) fn assert_not_lost(&self) {
        if self.is_lost() {
            fork::refuse(Location::caller());
        }
    }

    /// Claims free slots for a mutator; asks mutators to leave if a cycle is due.
    ///
    /// # Errors
    ///
    /// The limit is reached, or the system gives no memory.
    pub(super) fn claim(
        &self,
        class: &Class,
        most: u32,
        later: &mut Vec<u64>,
    ) -> Result<Claim, AllocErrorKind> {
        let claim = self.memory.claim(class, most, later)?;
        self.note_growth();
        Ok(claim)
    }

    /// Notes by how much more foreign libraries own for objects.
    pub(crate) fn note_external(&self, bytes: i64) {
        self.memory.counters.owned.note_external(bytes);
        if bytes < 0 {
            self.pacer.note_less_external(&self.options, &self.memory.counters);
        } else {
            self.note_growth();
        }
    }

    /// Asks mutators to leave if a cycle is due, and to have the heap watched if it has become worth that.
    pub(super) fn note_growth(&self) {
        self.hear_of_sweep();
        if self.options.automatic && self.pacer.is_leave_due(&self.memory.counters) {
            self.gate.ask_to_leave();
        }
        if self.options.watched() && self.pacer.is_to_be_watched(&self.memory.counters) {
            self.gate.ask_to_watch();
        }
    }

    /// Bytes that may be allocated before a cycle is due in any case, or a limit reached.
    pub(super) fn left(&self) -> u64 {
        let paced = if self.options.automatic { self.pacer.left(&self.memory.counters) } else { u64::MAX };
        paced.min(self.memory.bytes_left() as u64)
    }

    /// Plans anew if a sweep has ended.
    fn hear_of_sweep(&self) {
        if self.memory.counters.owned.take_swept() {
            self.pacer.note_swept(&self.options, &self.memory.counters);
        }
    }

    /// Notes that there was no room: pages may be full of garbage long before as many bytes were allocated as
    /// the next cycle waits for, so it is due at the next safepoint. Returns what to tell the program.
    #[cold]
    #[inline(never)]
    pub(crate) fn allocation_failed(&self, refused: Refused) -> AllocError {
        // What is larger than all the heap may ever have is no reason.
        if refused.requested < self.options.limit_bytes {
            self.pacer.make_due();
            self.note_growth();
        }
        self.memory.alloc_error(refused)
    }

    /// Plans the next cycle: one has found this many bytes alive and dead, and taken so long. At a stop.
    pub(crate) fn plan(&self, live: u64, dead: u64, took: Took) {
        self.pacer.note_cycle(&self.options, &self.memory.counters, live, dead, took);
        self.gate.ask_nobody_to_leave();
    }

    /// Plans the next cycle when one has failed. At a stop.
    pub(crate) fn postpone(&self) {
        self.pacer.postpone(&self.options, &self.memory.counters);
        self.gate.ask_nobody_to_leave();
    }

    /// Asks nobody to leave any more because of attempts to stop the world for something other than a cycle. If one is
    /// due, mutators are asked for that as soon as they allocate.
    pub(crate) fn forget_attempts(&self) {
        // In this order: a request that comes between is withdrawn, and made again.
        self.gate.ask_nobody_to_leave();
        self.pacer.ask_again();
    }

    /// Everything that keeps objects from outside the heap.
    pub(crate) fn all_roots(&self) -> Arc<dyn Roots> {
        Arc::new(AllRoots { table: Arc::clone(&self.roots), specials: Arc::clone(&self.memory.specials) })
    }

    /// Takes over what a mutator has saved for a cycle that is under way.
    pub(super) fn take_saved(&self, saved: &mut Saved) {
        if ZEAL {
            self.work.lock().saved.extend(saved.hand_over());
        }
    }

    /// Whether a cycle is under way while mutators run.
    pub(crate) fn has_begun_cycle(&self) -> bool {
        ZEAL && self.work.lock().begun.is_some()
    }

    /// Whether an automatic cycle is due.
    pub(crate) fn is_cycle_due(&self) -> bool {
        self.hear_of_sweep();
        self.options.automatic && self.pacer.is_due(&self.memory.counters)
    }

    /// Whether a thread that leaves is to have the heap watched.
    pub(super) fn is_watch_due(&self) -> bool {
        self.pacer.is_watch_due()
    }

    /// Whether the calling thread is to have the heap watched: true once a cycle.
    pub(crate) fn take_watch(&self) -> bool {
        self.pacer.take_watch()
    }

    /// Whether it is of interest for how long nobody enters.
    pub(crate) fn is_worth_watching(&self) -> bool {
        self.pacer.is_worth_watching()
    }

    /// Whether the heap has grown far beyond where an automatic cycle was due.
    pub(crate) fn is_cycle_overdue(&self) -> bool {
        self.pacer.is_overdue(&self.memory.counters)
    }

    /// Whether the dead that wait for their destructors take so much memory that whoever allocates should wait a little.
    pub(crate) fn are_too_many_doomed(&self) -> bool {
        self.pacer.are_too_many_doomed(&self.memory.counters)
    }

    /// Asserts the invariants of root slots. The world is stopped.
    pub(crate) fn check_roots(&self) {
        self.gate.with_members(|members| {
            // SAFETY: the world is stopped.
            let caches: Vec<_> = members.map(|record| unsafe { record.cached_roots() }).collect();
            self.roots.check(&caches);
        });
    }

    /// Notes what all handles of the heap share.
    pub(crate) fn set_door(&self, door: Weak<dyn Any + Send + Sync>) {
        self.door.set(door).expect("a heap has one door");
    }

    /// Something that keeps the heap open, unless its last handle is gone.
    pub(crate) fn door(&self) -> Option<Arc<dyn Any + Send + Sync>> {
        self.door.get()?.upgrade()
    }

    /// Whether a destructor, finalizer or cleanup is due or running. Relaxed: hints, which are right for who has waited
    /// for whatever made something due.
    pub(crate) fn is_anything_due(&self, work: &Work) -> bool {
        let doomed = self.memory.counters.objects_doomed.load(Ordering::Relaxed);
        work.calling.is_running() || doomed > 0 || self.n_callbacks_due(work) > 0
    }

    /// Finalizers and cleanups that are due and have not begun. Relaxed: as above.
    pub(crate) fn n_callbacks_due(&self, work: &Work) -> usize {
        work.calling.n_ready() + self.memory.specials.n_pending()
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

/// Root slots, then special records and what they made due.
#[derive(Debug)]
struct AllRoots {
    table: Arc<RootTable>,
    specials: Arc<Specials>,
}

impl Roots for AllRoots {
    fn n_shards(&self) -> usize {
        self.table.n_shards() + self.specials.n_shards()
    }

    fn visit(&self, shard: usize, each: &mut dyn FnMut(Kept)) {
        match shard.checked_sub(self.table.n_shards()) {
            None => self.table.visit(shard, each),
            Some(shard) => self.specials.visit(shard, each),
        }
    }
}
