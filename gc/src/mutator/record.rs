//! The record of a mutator: one thread attached to one heap.
//!
//! Counted by the thread's table, by every [`Mutator`](crate::Mutator) and by every open mutation but those of a `Mutator`, all
//! of the same thread, so thread-locals may be destroyed in any order. When the last one is gone the thread is detached.

use core::cell::{Cell, UnsafeCell};
use core::mem::ManuallyDrop;
use core::ops::Deref;
use core::panic::Location;
use core::ptr::null;
use std::rc::Rc;

use super::bias::Bias;
use super::gate::{Entry, Member};
use super::guards::HeldLocks;
use super::heap_core::Core;
use super::local::Local;
use super::roots::{FreeSlots, RootSlot};
use super::station::Station;
use super::thread::{link, note_enter, note_leave, this_thread, unlink};
use crate::error::AllocErrorKind;
use crate::fork;
use crate::memory::{Claim, Class};
use crate::owned::Owned;
use crate::sync::{Arc, Ordering, fixed};

/// What a thread sees to before it enters its next mutation, as it could not when the last one ended, or went on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Dues {
    /// A safepoint: the mutation ended by unwinding.
    pub(crate) safepoint: bool,
    /// A wait for destructors: it allocated while the dead took too much memory.
    pub(crate) destructors: bool,
}

/// One thread attached to one heap. See [`mutator`](super) for who may touch what.
#[derive(Debug)]
pub(crate) struct Record {
    /// For messages.
    id: u64,
    pub(crate) core: Arc<Core>,
    /// Name of the thread, for messages.
    thread: Arc<str>,
    station: Station,
    /// How the thread borrows cells.
    pub(crate) bias: Bias,
    /// Mutations of this heap that the thread is inside of.
    depth: Cell<u32>,
    dues: Cell<Dues>,
    /// Locks in objects that the thread holds.
    pub(super) locks: HeldLocks,
    /// Whether the thread is inside the lock of a weak collection.
    pub(crate) in_short_lock: Cell<bool>,
    /// The next record of the thread.
    pub(super) next: Cell<*const Record>,
    /// What the thread allocates from.
    local: UnsafeCell<ManuallyDrop<Local>>,
}

/// The identity of a mutator, for messages: never given again in this process.
pub(super) fn next_id() -> u64 {
    static NEXT: fixed::AtomicU64 = fixed::AtomicU64::new(1);
    // Relaxed: only uniqueness matters.
    NEXT.fetch_add(1, Ordering::Relaxed)
}

impl Record {
    /// Attaches the calling thread.
    pub(super) fn attach(core: &Arc<Core>) -> Rc<Self> {
        let thread: Arc<str> = this_thread().into();
        let record = Rc::new(Self {
            id: next_id(),
            core: Arc::clone(core),
            bias: Bias::of_thread(&thread),
            thread,
            station: Station::new(),
            depth: Cell::new(0),
            // A thread that has ended by a panic may have left it; or nobody was attached to be asked.
            dues: Cell::new(Dues {
                safepoint: core.is_cycle_due() || core.is_watch_due(),
                destructors: false,
            }),
            locks: HeldLocks::default(),
            in_short_lock: Cell::new(false),
            next: Cell::new(null()),
            local: UnsafeCell::new(ManuallyDrop::new(core.spares.take())),
        });
        // SAFETY: counted, and unlinked when dropped.
        unsafe { link(&record) };
        // SAFETY: counted, and detached when dropped.
        unsafe { core.gate.attach(&record) };
        record
    }

    /// Enters at once, if this is the outermost mutation of the heap and nothing is in the way.
    #[inline]
    fn try_enter(&self, entered: &'static Location<'static>) -> Option<Entered> {
        if self.depth.get() != 0 || self.has_dues() {
            return None;
        }
        let passage = self.station.try_enter(entered)?;
        self.depth.set(1);
        Some(Entered::new(passage, note_enter(entered)))
    }

    /// Leaves a mutation; whether that was a safepoint at which something was asked for.
    ///
    /// What was counted up is set back: a thread that enters and leaves in a loop need not wait for what it has
    /// just written.
    #[inline]
    fn leave(&self, entered: Entered) -> bool {
        note_leave(entered.on_thread());
        let Some(passage) = entered.passage() else {
            self.depth.set(self.depth.get() - 1);
            return false;
        };
        self.depth.set(0);
        self.locks.clear();
        if self.station.is_to_flush() {
            self.flush_early();
        }
        self.core.gate.leave(self, passage)
    }

    /// Does what the thread found itself asked for when it left.
    pub(crate) fn serve(&self, asked: u32) {
        self.core.gate.serve(self, asked);
    }

    /// Leaves it as the program's code in it has panicked: what is due is done outside of the unwinding, when the thread
    /// enters again.
    #[cold]
    #[inline(never)]
    fn unwind(&self, entered: Entered) {
        let asked = self.leave(entered);
        let dues = self.dues.get();
        self.dues.set(Dues { safepoint: asked || dues.safepoint, ..dues });
    }

    /// Whether there is something to see to before the thread enters again.
    #[inline]
    pub(crate) fn has_dues(&self) -> bool {
        self.dues.get() != Dues::default()
    }

    /// Takes out what is to be seen to: nothing as long as the thread is inside.
    pub(crate) fn take_dues(&self) -> Dues {
        if self.is_outside() { self.dues.take() } else { Dues::default() }
    }

    /// Keeps the thread, which is the calling one, out of the heap for ever: it has lost threads. The record stays for ever, as
    /// nothing can be done for its heap.
    pub(super) fn lose(self: Rc<Self>) {
        self.station.lose();
        core::mem::forget(self);
    }

    /// Claims free slots. If the dead take too much memory the thread waits a little before it enters again.
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
        if self.core.is_lost() {
            // It has forked in the middle of a mutation.
            fork::refuse(self.station.entered().unwrap_or_else(|| Location::caller()));
        }
        self.wait_for_destructors_later();
        self.core.claim(class, most, later)
    }

    /// If the dead take too much memory the thread waits a little before it enters again.
    fn wait_for_destructors_later(&self) {
        if self.core.are_too_many_doomed() {
            self.dues.set(Dues { destructors: true, ..self.dues.get() });
        }
    }

    /// Notes that objects have come to own more.
    pub(super) fn note_growth(&self) {
        self.wait_for_destructors_later();
        self.core.note_growth();
    }

    /// Notes by how much the contents of a cell have come to own more, or less.
    ///
    /// # Safety
    ///
    /// As for [`local`](Self::local).
    #[inline]
    pub(crate) unsafe fn note_changed(&self, bytes: i64) {
        // SAFETY: the caller's duty.
        unsafe { self.local() }.note_owned(Owned::Changing, bytes, self);
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

    /// A free root slot, for a root that is made at this place. To be called inside a mutation through this record only.
    #[inline]
    pub(crate) fn root_slot(&self, made: &'static Location<'static>) -> &'static RootSlot {
        // SAFETY: the thread is inside, and nothing else uses `local` meanwhile.
        let free = &mut unsafe { self.local() }.root_slots;
        if let Some(slot) = free.pop() {
            return slot;
        }
        self.root_slot_slow(made)
    }

    #[cold]
    #[inline(never)]
    fn root_slot_slow(&self, made: &'static Location<'static>) -> &'static RootSlot {
        // SAFETY: as in `root_slot`.
        let local = unsafe { self.local() };
        let notes = self.core.options.diagnose;
        let free = if notes { &mut local.noted_root_slots } else { &mut local.root_slots };
        let slot = free.pop().unwrap_or_else(|| {
            *free = self.core.roots.refill();
            free.pop().expect("a refill gives slots")
        });
        if notes {
            self.core.roots.note_place(slot, made);
        }
        slot
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
        let local = unsafe { &*self.local.get() };
        // One of them is always empty.
        if self.core.options.diagnose { &local.noted_root_slots } else { &local.root_slots }
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

    fn name(&self) -> (u64, &Arc<str>) {
        (self.id, &self.thread)
    }
}

impl Drop for Record {
    fn drop(&mut self) {
        unlink(self);
        self.core.gate.detach(self, || {
            // SAFETY: the record is being dropped, and has just been unlisted.
            let local = unsafe { &mut *self.local.get() };
            local.root_slots.give_back();
            local.noted_root_slots.give_back();
            // Whoever closes a heap flushes under the gate's lock first; after that there is no claim.
            local.flush(&self.core.memory);
            self.core.take_saved(&mut local.saved);
        });
        // SAFETY: the record is being dropped; nobody else knows it any more, and nothing uses `local` after this.
        let local = unsafe { ManuallyDrop::take(self.local.get_mut()) };
        if !self.core.is_closed() {
            self.core.spares.keep(local);
        }
    }
}

/// An open mutation of a thread, with a count of its record, or what has one; ends when dropped. They end in the opposite
/// order in which they began. (Two words, which a function returns in registers.)
#[derive(Debug)]
#[must_use = "a mutation is open as long as this exists"]
pub(crate) struct Inside<P: Deref<Target = Record>> {
    record: P,
    entered: Entered,
}

/// How a thread has entered a mutation: in the lower half the passage, which is odd; zero if it was inside one of this heap
/// before. In the upper half mutations of any heap that it was inside of before.
#[derive(Clone, Copy, Debug)]
struct Entered(u64);

impl Entered {
    #[inline]
    fn new(passage: u32, on_thread: u32) -> Self {
        Self(u64::from(passage) | u64::from(on_thread) << 32)
    }

    /// The passage, if it is the outermost mutation of the heap.
    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "the lower half")]
    fn passage(self) -> Option<u32> {
        let passage = self.0 as u32;
        if passage == 0 { None } else { Some(passage) }
    }

    #[inline]
    fn on_thread(self) -> u32 {
        (self.0 >> 32) as u32
    }
}

impl<P: Deref<Target = Record>> Inside<P> {
    /// Enters a mutation. The gate is asked only if the thread is not inside one of this heap.
    #[inline]
    pub(crate) fn enter(record: P, entry: Entry, entered: &'static Location<'static>) -> Self {
        let depth = record.depth.get();
        let passage = if depth == 0 { record.core.gate.enter(&*record, entry, entered) } else { 0 };
        record.depth.set(depth + 1);
        Self { record, entered: Entered::new(passage, note_enter(entered)) }
    }

    /// Enters at once, if this is the outermost mutation of the heap and nothing is in the way. Else the record comes back.
    #[inline]
    pub(crate) fn try_enter(record: P, entered: &'static Location<'static>) -> Result<Self, P> {
        match record.try_enter(entered) {
            Some(entered) => Ok(Self { record, entered }),
            None => Err(record),
        }
    }

    /// Leaves at once, if this is the outermost mutation of the heap and nothing is to be done before: what is asked for then, of
    /// which [`Record::serve`] is the first part, and what had the record.
    #[inline]
    pub(crate) fn leave_at_once(self) -> Result<(u32, P), Self> {
        match self.entered.passage() {
            Some(passage) if !self.record.locks.any() && !self.record.station.is_to_flush() => {
                let on_thread = self.entered.on_thread();
                let record = self.into_record();
                note_leave(on_thread);
                record.depth.set(0);
                Ok((record.station.leave(passage), record))
            }
            _ => Err(self),
        }
    }

    /// The record of the thread.
    #[inline]
    pub(crate) fn record(&self) -> &Record {
        &self.record
    }

    /// Leaves; whether that was a safepoint at which something was asked for, perhaps a cycle, and what had the record.
    #[inline]
    pub(crate) fn leave(self) -> (bool, P) {
        let entered = self.entered;
        let record = self.into_record();
        (record.leave(entered), record)
    }

    /// What had the record, of a mutation that is about to be left.
    #[inline]
    fn into_record(self) -> P {
        let this = ManuallyDrop::new(self);
        // SAFETY: taken out once, as `this` is not dropped.
        unsafe { core::ptr::read(&raw const this.record) }
    }
}

impl<P: Deref<Target = Record>> Drop for Inside<P> {
    #[inline]
    fn drop(&mut self) {
        self.record.unwind(self.entered);
    }
}
