//! Finalizers and cleanups: run one at a time, outside every lock and mutation, each caught.
//!
//! They may do what they like: allocate, collect, lock, block, register more. Whoever runs them holds nothing but a
//! turn, of which a heap has one, and a handle of the heap, so that it stays open meanwhile. If one of them takes too
//! long another thread takes over ([`watch`]).

use core::any::Any;
use core::panic::{AssertUnwindSafe, Location};
use std::panic::catch_unwind;
use std::time::{Duration, Instant};

use super::destructors::{self, wait_while};
use super::service::{self, Service, Working};
use super::tell;
use crate::callback::{CallbackKind, CallbackPanic, discard_payload};
use crate::error::PendingError;
use crate::memory::CleanupId;
use crate::mutator::{
    Callback, Core, Entry, Inside, Ready, RootSlot, Work, current_callback, inside_any_mutation,
    record_of_this_thread, while_calling,
};
use crate::special::{Cleanup, Finalizer, Pending, Revived};
use crate::sync::Arc;

/// How many get the roots of their objects in one mutation.
const BATCH: usize = 32;

/// The right to run finalizers and cleanups of a heap ([`Calling`](crate::mutator::Work::calling)).
#[derive(Debug)]
struct Turn<'c> {
    core: &'c Arc<Core>,
    number: u64,
    /// A closed heap keeps its memory meanwhile.
    _working: Working<'c>,
    /// A handle of the heap.
    door: Option<Arc<dyn Any + Send + Sync>>,
}

impl<'c> Turn<'c> {
    /// `None` if another thread has it, or the heap is closed, or about to be.
    fn begin(core: &'c Arc<Core>) -> Option<Self> {
        let door = core.door()?;
        let turn = Working::begin(core).and_then(|working| {
            let number = core.work.lock().calling.begin_turn()?;
            Some((working, number))
        });
        match turn {
            Some((_working, number)) => Some(Self { core, number, _working, door: Some(door) }),
            None => {
                // Perhaps the last handle by now.
                while_calling(Callback::Pending, || drop(door));
                None
            }
        }
    }

    /// Takes some of what is due, with a root for each object that is to be finalized.
    fn take(&self) -> Vec<Ready> {
        let core = self.core;
        // Inside a mutation, so that the queue keeps an object until the root does.
        let inside = Inside::enter(record_of_this_thread(core), Entry::Own, Location::caller());
        let with_root = |pending| {
            let slot = match &pending {
                Pending::Finalizer(object, _) => {
                    let slot = inside.record().root_slot(Location::caller());
                    slot.occupy(*object);
                    Some(slot)
                }
                Pending::Cleanup(_) => None,
            };
            (pending, slot)
        };
        let batch = core.memory.specials.next_pending(BATCH).into_iter().map(with_root).collect();
        // A cycle that is asked for comes at the next safepoint.
        inside.leave();
        batch
    }

    /// What is to run next: left by a turn that was overtaken, or due. `None` if nothing is, or another turn has begun.
    /// `done` is what has run since the last call.
    fn next(&self, done: Option<CallbackKind>) -> Option<Ready> {
        let next = {
            let calling = &mut self.core.work.lock().calling;
            done.into_iter().for_each(|kind| calling.note_run(kind));
            calling.next(self.number)
        };
        if next.is_some() || self.core.memory.specials.n_pending() == 0 {
            return next;
        }
        let batch = self.take();
        let mut work = self.core.work.lock();
        work.calling.add(batch);
        let next = work.calling.next(self.number);
        let has_more = self.core.n_callbacks_due(&work) > 0;
        drop(work);
        if has_more {
            self.have_watched();
        }
        next
    }

    /// Has a thread see to it that a callback which takes too long does not hold up what comes after it.
    fn have_watched(&self) {
        if !self.core.options.by_hand {
            service::wake(self.core, Service::Watch);
        }
    }

    /// Runs one; what it was.
    fn run(&self, pending: Pending, slot: Option<&'static RootSlot>) -> CallbackKind {
        let core = self.core;
        let kind = pending.kind();
        let door = Arc::clone(self.door.as_ref().expect("a turn has a handle"));
        guard(core, kind, Callback::Pending, || match (pending, slot) {
            (Pending::Finalizer(_, Finalizer(finalizer)), Some(slot)) => {
                finalizer.run(Revived { slot: core::ptr::from_ref(slot).addr(), door });
            }
            (Pending::Cleanup(cleanup), _) => (cleanup.0)(),
            (Pending::Finalizer(..), None) => unreachable!("a finalizer was taken with a root"),
        });
        kind
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let door = self.door.take();
        // If it is the last handle the heap is closed, by this thread, which does not wait for itself then.
        while_calling(Callback::Pending, || drop(door));
        // Whoever waits is told when `_working` ends.
        self.core.work.lock().calling.end_turn(self.number);
    }
}

/// Runs all finalizers and cleanups that are due, unless another thread does; returns how many.
pub(super) fn run_due(core: &Arc<Core>) -> u64 {
    let is_due = || core.n_callbacks_due(&core.work.lock()) > 0;
    let mut n = 0;
    while is_due()
        && let Some(turn) = Turn::begin(core)
    {
        // What a turn that was overtaken has left may block, too.
        if core.work.lock().calling.n_ready() > 0 {
            turn.have_watched();
        }
        let mut done = None;
        while let Some((pending, slot)) = turn.next(done) {
            done = Some(turn.run(pending, slot));
            n += 1;
        }
    }
    n
}

/// Watches whoever runs finalizers and cleanups, as long as more of them are due: if one takes longer than
/// [a second](wait_while), another thread goes on with the rest.
pub(super) fn watch(core: &Arc<Core>) {
    let begun = |work: &Work| work.calling.current().filter(|_| core.n_callbacks_due(work) > 0);
    loop {
        let now = begun(&core.work.lock());
        let Some(now) = now else { return };
        let is_stuck = |work: &Work| (begun(work) == Some(now)).then_some(now);
        if !wait_while(core, is_stuck) && core.work.lock().calling.overtake(now) {
            service::replace(core, Service::Finalizers);
        }
    }
}

/// Runs code of the program. A panic is counted and told.
pub(super) fn guard(core: &Core, kind: CallbackKind, callback: Callback, run: impl FnOnce()) {
    while_calling(callback, || {
        let Err(payload) = catch_unwind(AssertUnwindSafe(run)) else { return };
        core.totals.lock().note_panic(kind);
        tell::panic(core, &CallbackPanic { kind, heap: &core.roots.describe(), payload: &*payload });
        discard_payload(payload);
    });
}

/// Runs everything that is due on the calling thread: destructors, finalizers, cleanups; returns how many.
///
/// # Errors
///
/// The thread is inside a mutation, or runs code of the program for a heap.
pub(crate) fn run_pending(core: &Arc<Core>) -> Result<u64, PendingError> {
    check_place()?;
    let mut n = 0;
    loop {
        // A destructor may make a cleanup due, a finalizer may collect.
        let ran = destructors::run_due(core) + run_due(core);
        if ran == 0 {
            return Ok(n);
        }
        n += ran;
    }
}

/// Waits until nothing is due and nothing is running, but not longer than `limit`.
///
/// # Errors
///
/// As for [`run_pending`], or it is too late.
pub(crate) fn wait_for_pending(core: &Arc<Core>, limit: Option<Duration>) -> Result<(), PendingError> {
    check_place()?;
    let started = Instant::now();
    loop {
        if !service::wake_for_due(core) {
            run_pending(core)?;
        }
        let work = core.work.lock();
        if !core.is_anything_due(&work) {
            return Ok(());
        }
        let left = limit.map_or(service::IDLE, |limit| limit.saturating_sub(started.elapsed()));
        if left.is_zero() {
            return Err(PendingError::TimedOut { waited: started.elapsed() });
        }
        // From time to time one looks whether there is something that no thread has been told of.
        let at_most = left.min(service::IDLE);
        drop(core.work_changed.wait_timeout_while(work, at_most, |work| core.is_anything_due(work)));
    }
}

/// Takes a cleanup out, if it is not due yet and the heap is open.
pub(crate) fn take_cleanup(core: &Arc<Core>, id: &CleanupId) -> Option<Cleanup> {
    let _working = Working::begin(core)?;
    // SAFETY: of this heap, which keeps its memory as long as somebody works.
    unsafe { core.memory.take_cleanup(id) }
}

fn check_place() -> Result<(), PendingError> {
    match inside_any_mutation() {
        Some(entered) => Err(PendingError::InsideMutation { entered }),
        None if current_callback().is_some() => Err(PendingError::InsideCallback),
        None => Ok(()),
    }
}

/// Drops what will never run: the heap has ended.
pub(super) fn discard_all(core: &Core) {
    for records in core.memory.take_records() {
        let (finalizers, cleanups) = records.into_callbacks();
        for finalizer in finalizers {
            guard(core, CallbackKind::Finalizer, Callback::Destructor, || drop(finalizer));
        }
        for cleanup in cleanups {
            guard(core, CallbackKind::Cleanup, Callback::Destructor, || drop(cleanup));
        }
    }
    let ready = core.work.lock().calling.take_ready();
    for (pending, slot) in ready {
        if let Some(slot) = slot {
            // SAFETY: the count was the finalizer's, which does not run.
            unsafe { slot.drop_clone() };
        }
        discard(core, pending);
    }
    for pending in core.memory.specials.take_pending() {
        discard(core, pending);
    }
}

/// Drops one that will never run.
pub(super) fn discard(core: &Core, pending: Pending) {
    guard(core, pending.kind(), Callback::Destructor, || drop(pending));
}
