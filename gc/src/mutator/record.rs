//! The record of a mutator: one thread attached to one heap.
//!
//! Counted by the thread-local table, by every [`Mutator`](crate::Mutator) and by every open mutation, all
//! of the same thread, so thread-locals may be destroyed in any order. When the last one is gone the thread
//! is detached. A thread whose table is already destroyed gets a record for each mutation.

use core::cell::{Cell, RefCell, UnsafeCell};
use core::panic::Location;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

use super::guards::forget_all_locks;
use super::heap_core::Core;
use super::local::Local;
use super::roots::RootSlot;
use crate::sync::{Arc, AtomicBool, AtomicU64, Mutex, Ordering, Rank};

/// The identity of a mutator: never used again in this process, never zero, at most 40 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct MutatorId(u64);

impl MutatorId {
    /// Bits that an identity takes.
    pub(crate) const BITS: u32 = 40;

    fn next() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        // Relaxed: only uniqueness matters.
        let id = NEXT.fetch_add(1, Ordering::Relaxed);
        assert!(id < 1 << Self::BITS, "a process can attach threads to heaps 2^40 times");
        Self(id)
    }

    pub(crate) fn number(self) -> u64 {
        self.0
    }
}

/// One thread attached to one heap. See the module for who may touch what.
#[derive(Debug)]
pub(crate) struct Record {
    pub(crate) id: MutatorId,
    pub(crate) core: Arc<Core>,
    /// Name of the thread, for messages.
    thread: String,
    /// Mutations of this heap that the thread is inside of.
    depth: Cell<u32>,
    /// Whether `depth` is not zero.
    inside: AtomicBool,
    /// What the thread allocates from.
    local: UnsafeCell<Local>,
    /// A cycle should start.
    due: Cell<bool>,
}

/// A record in the list of all.
#[derive(Debug)]
struct Listed(*const Record);

// SAFETY: only fields that other threads may touch are used through the list (`inside`, `thread`, `core`),
// and records leave it before they go away.
unsafe impl Send for Listed {}

/// All mutators of the process.
static MUTATORS: Mutex<BTreeMap<u64, Listed>> = Mutex::new(Rank::Mutators, BTreeMap::new());

thread_local! {
    /// Records of the heaps that this thread is attached to.
    static ATTACHED: RefCell<Vec<Rc<Record>>> = const { RefCell::new(Vec::new()) };
    /// Mutations, of any heap, that this thread is inside of, and where it entered the outermost.
    static INSIDE: Cell<(u32, Option<&'static Location<'static>>)> = const { Cell::new((0, None)) };
    /// Whether this thread runs a destructor of an object.
    static DROPPING: Cell<bool> = const { Cell::new(false) };
}

/// Where this thread entered its outermost mutation, if it is inside one.
pub(crate) fn inside_any_mutation() -> Option<&'static Location<'static>> {
    let (depth, entered) = INSIDE.get();
    if depth == 0 { None } else { entered }
}

/// Whether this thread runs a destructor of an object.
pub(crate) fn in_destructor() -> bool {
    DROPPING.get()
}

/// Runs destructors of objects.
pub(crate) fn while_dropping<R>(run: impl FnOnce() -> R) -> R {
    let before = DROPPING.replace(true);
    let result = run();
    DROPPING.set(before);
    result
}

impl Record {
    /// The record of this thread for a heap; attaches the thread if need be.
    pub(crate) fn of_this_thread(core: &Arc<Core>) -> Rc<Self> {
        let found = ATTACHED
            .try_with(|attached| attached.borrow().iter().find(|record| record.core.id == core.id).cloned());
        match found {
            Ok(Some(record)) => record,
            Ok(None) => {
                let record = Self::attach(core);
                // Records of closed heaps are dropped after the borrow has ended: they detach.
                let closed = ATTACHED.with(|attached| {
                    let mut attached = attached.borrow_mut();
                    let closed: Vec<_> = attached.extract_if(.., |record| record.core.is_closed()).collect();
                    attached.push(Rc::clone(&record));
                    closed
                });
                drop(closed);
                record
            }
            // The thread is ending and its table is gone.
            Err(_) => Self::attach(core),
        }
    }

    fn attach(core: &Arc<Core>) -> Rc<Self> {
        let thread = std::thread::current();
        let record = Rc::new(Self {
            id: MutatorId::next(),
            core: Arc::clone(core),
            thread: thread.name().map_or_else(|| format!("{:?}", thread.id()), str::to_owned),
            depth: Cell::new(0),
            inside: AtomicBool::new(false),
            local: UnsafeCell::new(Local::new()),
            due: Cell::new(false),
        });
        MUTATORS.lock().insert(record.id.0, Listed(Rc::as_ptr(&record)));
        core.gate.lock().records.push(Rc::as_ptr(&record));
        record
    }

    /// Enters a mutation. Waits at the gate only if the thread is not inside one of this heap.
    pub(crate) fn enter(&self, entered: &'static Location<'static>) -> Inside<'_> {
        if self.depth.get() == 0 {
            self.wait_for_destructors();
            // Relaxed: written and read under the gate's lock.
            self.core.gate.enter(|| self.inside.store(true, Ordering::Relaxed));
        }
        self.depth.set(self.depth.get() + 1);
        let (depth, outermost) = INSIDE.get();
        INSIDE.set((depth + 1, if depth == 0 { Some(entered) } else { outermost }));
        Inside { record: self }
    }

    /// Lets destructors catch up, for a short time, when the dead that wait for theirs take too much memory.
    fn wait_for_destructors(&self) {
        const PATIENCE: Duration = Duration::from_millis(10);
        let core = &self.core;
        // Relaxed: a hint.
        let too_many = || {
            core.memory.counters.bytes_doomed.load(Ordering::Relaxed)
                > core.doomed_most.load(Ordering::Relaxed)
        };
        if too_many() && !in_destructor() {
            let work = core.work.lock();
            drop(core.work_changed.wait_timeout_while(work, PATIENCE, |work| work.busy > 0 && too_many()));
        }
    }

    fn leave(&self) {
        let (depth, outermost) = INSIDE.get();
        INSIDE.set((depth - 1, outermost));
        if depth == 1 {
            forget_all_locks();
        }
        self.depth.set(self.depth.get() - 1);
        if self.depth.get() > 0 {
            return;
        }
        self.due.set(self.core.is_cycle_due());
        // Relaxed: written and read under the gate's lock.
        self.core.gate.leave(|| self.inside.store(false, Ordering::Relaxed));
    }

    /// Whether the thread is inside no mutation of the heap.
    pub(crate) fn is_outside(&self) -> bool {
        self.depth.get() == 0
    }

    /// Whether a cycle should start, as found when the thread last left the heap.
    pub(crate) fn take_due(&self) -> bool {
        self.due.take()
    }

    /// A free root slot. To be called inside a mutation through this record only.
    #[inline]
    pub(crate) fn root_slot(&self) -> &'static RootSlot {
        // SAFETY: the thread is inside, and nothing else uses `local` meanwhile.
        let free = &mut unsafe { self.local() }.root_slots;
        if let Some(slot) = free.pop() {
            return slot;
        }
        *free = self.core.roots.refill();
        free.pop().expect("a refill gives slots")
    }

    /// What the thread allocates from.
    ///
    /// # Safety
    ///
    /// The calling thread is inside a mutation through this record, and makes no second reference while the
    /// result is used.
    #[inline]
    #[expect(clippy::mut_from_ref, reason = "uniqueness is the caller's duty, as for UnsafeCell::get")]
    pub(crate) unsafe fn local(&self) -> &mut Local {
        debug_assert!(self.depth.get() > 0);
        // SAFETY: the caller's duty.
        unsafe { &mut *self.local.get() }
    }

    /// Whether the thread is inside. Relaxed: for whoever has locked the gate.
    pub(super) fn is_inside(&self) -> bool {
        self.inside.load(Ordering::Relaxed)
    }

    /// Ends all claims.
    ///
    /// # Safety
    ///
    /// The caller holds the gate's lock and the thread is not inside.
    pub(super) unsafe fn flush(&self) {
        // SAFETY: the thread uses `local` only inside, and cannot enter while the gate is locked.
        unsafe { &mut *self.local.get() }.flush(&self.core.memory);
    }

    /// Tells the counters what was allocated.
    ///
    /// # Safety
    ///
    /// The caller holds the gate's lock and the thread is not inside.
    pub(super) unsafe fn count(&self) {
        // SAFETY: as in `flush`.
        unsafe { &mut *self.local.get() }.count(&self.core.memory);
    }
}

impl Drop for Record {
    fn drop(&mut self) {
        MUTATORS.lock().remove(&self.id.0);
        let mut gate = self.core.gate.lock();
        gate.records.retain(|&listed| !core::ptr::eq(listed, self));
        let local = self.local.get_mut();
        local.root_slots.give_back();
        // Whoever closes a heap flushes under the gate's lock first; after that there is no claim.
        local.flush(&self.core.memory);
    }
}

/// An open mutation of a thread; ends when dropped.
#[derive(Debug)]
pub(crate) struct Inside<'r> {
    record: &'r Record,
}

impl Drop for Inside<'_> {
    fn drop(&mut self) {
        self.record.leave();
    }
}

/// Whether a cell bound to a mutator could be taken over.
#[derive(Debug)]
pub(crate) enum Adoption {
    /// The owner has ended or is outside; what was to be done has been done.
    Done,
    /// The owner is inside a mutation right now: the name of its thread.
    OwnerInside(String),
}

/// Runs `take_over` while it is certain that the mutator `owner` is not inside a mutation.
pub(crate) fn adopt(owner: u64, take_over: impl FnOnce()) -> Adoption {
    let mutators = MUTATORS.lock();
    let Some(Listed(record)) = mutators.get(&owner) else {
        take_over();
        return Adoption::Done;
    };
    let record = *record;
    // SAFETY: listed records are alive while the list is locked; other threads may look at this field.
    let core = unsafe { &(*record).core };
    // SAFETY: as above.
    let inside = unsafe { &(*record).inside };
    // The owner cannot enter while its gate is locked; what it did inside happened before it left.
    let _gate = core.gate.lock();
    // Relaxed: written and read under the gate's lock.
    if inside.load(Ordering::Relaxed) {
        // SAFETY: as above.
        let thread = unsafe { &(*record).thread };
        return Adoption::OwnerInside(thread.clone());
    }
    take_over();
    Adoption::Done
}
