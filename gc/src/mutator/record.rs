//! The record of a mutator: one thread attached to one heap.
//!
//! Counted by the thread's table, by every [`Mutator`](crate::Mutator) and by every open mutation, all of the
//! same thread, so thread-locals may be destroyed in any order. When the last one is gone the thread is detached.
//! A thread whose table is already destroyed gets a record for each mutation.

use core::cell::{Cell, UnsafeCell};
use core::panic::Location;
use std::rc::Rc;
use std::time::Duration;

use super::gate::Member;
use super::heap_core::Core;
use super::local::Local;
use super::registry::{self, MutatorId};
use super::roots::{FreeSlots, RootSlot};
use super::station::Station;
use super::thread::{may_collect, note_enter, note_leave};
use crate::sync::Arc;

/// One thread attached to one heap. See [`mutator`](super) for who may touch what.
#[derive(Debug)]
pub(crate) struct Record {
    pub(crate) id: MutatorId,
    pub(crate) core: Arc<Core>,
    /// Name of the thread, for messages.
    thread: String,
    station: Station,
    /// Mutations of this heap that the thread is inside of.
    depth: Cell<u32>,
    /// What the thread allocates from.
    local: UnsafeCell<Local>,
}

impl Record {
    /// Attaches the calling thread.
    pub(super) fn attach(core: &Arc<Core>) -> Rc<Self> {
        let thread = std::thread::current();
        let record = Rc::new(Self {
            id: MutatorId::next(),
            core: Arc::clone(core),
            thread: thread.name().map_or_else(|| format!("{:?}", thread.id()), str::to_owned),
            station: Station::new(),
            depth: Cell::new(0),
            local: UnsafeCell::new(Local::new()),
        });
        // SAFETY: counted, and unlisted when dropped.
        unsafe { registry::list(&record) };
        // SAFETY: as above.
        unsafe { core.gate.attach(&record) };
        record
    }

    /// Enters a mutation. Waits at the gate only if the thread is not inside one of this heap.
    #[inline]
    pub(crate) fn enter(&self, entered: &'static Location<'static>) -> Inside<'_> {
        let depth = self.depth.get();
        let mut passage = 0;
        if depth == 0 {
            if self.core.are_too_many_doomed() {
                self.wait_for_destructors();
            }
            passage = self.core.gate.enter(self, entered);
        }
        self.depth.set(depth + 1);
        Inside { record: self, depth, passage, on_thread: note_enter(entered) }
    }

    /// Lets destructors catch up, for a short time, when the dead that wait for theirs take too much memory.
    #[cold]
    fn wait_for_destructors(&self) {
        const PATIENCE: Duration = Duration::from_millis(10);
        let core = &self.core;
        if may_collect() {
            let work = core.work.lock();
            drop(core.work_changed.wait_timeout_while(work, PATIENCE, |work| {
                work.is_under_way() && core.are_too_many_doomed()
            }));
        }
    }

    /// Ends claims that a stop will have ended, while many threads can do that at the same time.
    #[cold]
    fn flush_early(&self) {
        // SAFETY: the thread is inside as far as others know, and uses `local` no more.
        unsafe { &mut *self.local.get() }.flush(&self.core.memory);
    }

    /// Whether the thread is inside no mutation of the heap.
    #[inline]
    pub(crate) fn is_outside(&self) -> bool {
        self.depth.get() == 0
    }

    /// Whether a collection waits, or is about to, until the thread leaves.
    #[inline]
    pub(crate) fn should_leave(&self) -> bool {
        self.station.is_awaited()
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
}

impl Record {
    /// The free root slots that the thread has.
    ///
    /// # Safety
    ///
    /// The world is stopped.
    pub(super) unsafe fn cached_roots(&self) -> &FreeSlots {
        // SAFETY: the thread uses `local` only inside.
        unsafe { &(*self.local.get()).root_slots }
    }
}

impl Member for Record {
    fn station(&self) -> &Station {
        &self.station
    }

    unsafe fn flush(&self) {
        // SAFETY: the caller's duty: the thread uses `local` only inside.
        let local = unsafe { &mut *self.local.get() };
        local.flush(&self.core.memory);
        self.core.take_saved(&mut local.saved);
    }

    unsafe fn count(&self) {
        // SAFETY: as in `flush`.
        unsafe { &mut *self.local.get() }.count(&self.core.memory);
    }

    fn name(&self) -> (u64, &str) {
        (self.id.number(), &self.thread)
    }
}

impl Drop for Record {
    fn drop(&mut self) {
        registry::unlist(self.id);
        self.core.gate.detach(self, || {
            // SAFETY: the record is being dropped, and has just been unlisted.
            let local = unsafe { &mut *self.local.get() };
            local.root_slots.give_back();
            // Whoever closes a heap flushes under the gate's lock first; after that there is no claim.
            local.flush(&self.core.memory);
            self.core.take_saved(&mut local.saved);
        });
    }
}

/// An open mutation of a thread; ends when dropped. They end in the opposite order in which they began.
#[derive(Debug)]
#[must_use = "a mutation is open as long as this exists"]
pub(crate) struct Inside<'r> {
    record: &'r Record,
    /// Mutations of this heap that the thread was inside of before.
    depth: u32,
    /// The passage of the mutation, if it was none.
    passage: u32,
    /// Mutations of any heap that the thread was inside of before.
    on_thread: u32,
}

impl Inside<'_> {
    /// Leaves; whether that was a safepoint at which something was asked for, perhaps a cycle.
    #[inline]
    pub(crate) fn leave(self) -> bool {
        core::mem::ManuallyDrop::new(self).end()
    }

    /// What was counted up is set back: a thread that enters and leaves in a loop need not wait for what it has
    /// just written.
    #[inline]
    fn end(&self) -> bool {
        let record = self.record;
        note_leave(self.on_thread);
        record.depth.set(self.depth);
        if self.depth > 0 {
            return false;
        }
        if record.station.is_to_flush() {
            record.flush_early();
        }
        record.core.gate.leave(record, self.passage)
    }
}

impl Drop for Inside<'_> {
    fn drop(&mut self) {
        // The closure has panicked: a cycle that is due has time.
        self.end();
    }
}
