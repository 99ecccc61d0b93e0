//! The record of a mutator: one thread attached to one heap.
//!
//! Counted by the thread-local table, by every [`Mutator`](crate::Mutator) and by every open mutation, all
//! of the same thread, so thread-locals may be destroyed in any order. When the last one is gone the thread
//! is detached. A thread whose table is already destroyed gets a record for each mutation.

use core::cell::{Cell, RefCell, UnsafeCell};
use core::panic::Location;
use std::collections::BTreeMap;
use std::rc::Rc;

use super::guards::forget_all_locks;
use super::heap_core::Core;
use super::local::Local;
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
            // Relaxed: written and read under the gate's lock.
            self.core.gate.enter(|| self.inside.store(true, Ordering::Relaxed));
        }
        self.depth.set(self.depth.get() + 1);
        let (depth, outermost) = INSIDE.get();
        INSIDE.set((depth + 1, if depth == 0 { Some(entered) } else { outermost }));
        Inside { record: self }
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
        self.flush_counts();
        // Relaxed: written and read under the gate's lock.
        self.core.gate.leave(|| self.inside.store(false, Ordering::Relaxed));
    }

    fn flush_counts(&self) {
        // SAFETY: the thread is still inside, so `local` is its own.
        let local = unsafe { &*self.local.get() };
        let mut totals = self.core.totals.lock();
        totals.objects_allocated += local.objects.take();
        totals.bytes_allocated += local.bytes.take();
        self.due.set(totals.bytes_allocated >= totals.next_cycle_at);
    }

    /// Whether the thread is inside no mutation of the heap.
    pub(crate) fn is_outside(&self) -> bool {
        self.depth.get() == 0
    }

    /// Whether a cycle should start, as found when the thread last left the heap.
    pub(crate) fn take_due(&self) -> bool {
        self.due.take()
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

    /// Gives claimed words back.
    ///
    /// # Safety
    ///
    /// The caller holds the gate's lock and the thread is not inside.
    pub(super) unsafe fn give_back_runs(&self) {
        // SAFETY: the thread uses `local` only inside, and cannot enter while the gate is locked.
        let local = unsafe { &mut *self.local.get() };
        local.give_back(&mut self.core.memory.lock());
    }
}

impl Drop for Record {
    fn drop(&mut self) {
        MUTATORS.lock().remove(&self.id.0);
        let mut gate = self.core.gate.lock();
        gate.records.retain(|&listed| !core::ptr::eq(listed, self));
        if !self.core.is_closed() {
            self.local.get_mut().give_back(&mut self.core.memory.lock());
        }
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
