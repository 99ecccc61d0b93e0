//! What a thread knows of itself: the heaps that it is attached to, the mutations that it is inside of.
//!
//! What has no destructor can be asked for at any time, also while the thread ends; the table of records cannot.

use core::cell::{Cell, RefCell};
use core::panic::Location;
use std::rc::Rc;

use super::guards::forget_all_locks;
use super::heap_core::{Core, HeapId};
use super::record::Record;
use crate::sync::Arc;

/// Code of the program that a heap runs outside of mutations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Callback {
    /// A destructor of an object.
    Destructor,
    /// The hook for stalls.
    StallHook,
    /// A finalizer or a cleanup.
    Pending,
}

impl Callback {
    /// Whether it may wait for a collection.
    pub(crate) fn may_collect(self) -> bool {
        self == Self::Pending
    }
}

/// What every entry and leave looks at.
#[derive(Debug)]
struct ThisThread {
    /// Mutations, of any heap, that the thread is inside of.
    depth: Cell<u32>,
    /// Where it entered the outermost.
    entered: Cell<Option<&'static Location<'static>>>,
    /// What code of the program it runs for a heap.
    callback: Cell<Option<Callback>>,
    /// The heap that it used last, and its record there, which is in the table.
    last: Cell<Option<(HeapId, *const Record)>>,
}

/// Records of the heaps that a thread is attached to.
#[derive(Debug)]
struct Table(RefCell<Vec<Rc<Record>>>);

impl Drop for Table {
    fn drop(&mut self) {
        THIS.with(|this| this.last.set(None));
    }
}

thread_local! {
    static THIS: ThisThread = const {
        ThisThread {
            depth: Cell::new(0),
            entered: Cell::new(None),
            callback: Cell::new(None),
            last: Cell::new(None),
        }
    };
    static TABLE: Table = const { Table(RefCell::new(Vec::new())) };
}

/// Where this thread entered its outermost mutation, if it is inside one.
pub(crate) fn inside_any_mutation() -> Option<&'static Location<'static>> {
    THIS.with(|this| if this.depth.get() == 0 { None } else { this.entered.get() })
}

/// What code of the program this thread runs for a heap, if it does.
pub(crate) fn current_callback() -> Option<Callback> {
    THIS.with(|this| this.callback.get())
}

/// Whether this thread may drive a cycle, and wait for one, unless it is inside a mutation.
pub(crate) fn may_collect() -> bool {
    current_callback().is_none_or(Callback::may_collect)
}

/// Runs code of the program, which does not unwind.
pub(crate) fn while_calling<R>(callback: Callback, run: impl FnOnce() -> R) -> R {
    let before = THIS.with(|this| this.callback.replace(Some(callback)));
    let result = run();
    THIS.with(|this| this.callback.set(before));
    result
}

/// Notes that this thread enters a mutation; returns how many it was inside of before.
#[inline]
pub(super) fn note_enter(entered: &'static Location<'static>) -> u32 {
    THIS.with(|this| {
        let depth = this.depth.get();
        this.depth.set(depth + 1);
        if depth == 0 {
            this.entered.set(Some(entered));
        }
        depth
    })
}

/// Notes that this thread leaves a mutation, and is inside of `depth` now.
#[inline]
pub(super) fn note_leave(depth: u32) {
    THIS.with(|this| {
        debug_assert_eq!(this.depth.get(), depth + 1, "mutations end in the opposite order");
        this.depth.set(depth);
    });
    if depth == 0 {
        forget_all_locks();
    }
}

/// The record of this thread for a heap; attaches the thread if need be.
#[inline]
pub(crate) fn record_of_this_thread(core: &Arc<Core>) -> Rc<Record> {
    match THIS.with(|this| this.last.get()) {
        Some((heap, record)) if heap == core.id => {
            // SAFETY: made by `Rc::as_ptr`; the table has the record, and its owner forgets `last` when it does not.
            unsafe { Rc::increment_strong_count(record) };
            // SAFETY: as above; the count is the result's.
            unsafe { Rc::from_raw(record) }
        }
        _ => look_up(core),
    }
}

#[cold]
#[inline(never)]
fn look_up(core: &Arc<Core>) -> Rc<Record> {
    let found =
        TABLE.try_with(|table| table.0.borrow().iter().find(|record| record.core.id == core.id).cloned());
    let record = match found {
        Ok(Some(record)) => record,
        Ok(None) => {
            let record = Record::attach(core);
            // Records of closed heaps are dropped after the borrow has ended: they detach.
            let closed = TABLE.with(|table| {
                THIS.with(|this| this.last.set(None));
                let mut records = table.0.borrow_mut();
                let closed: Vec<_> = records.extract_if(.., |record| record.core.is_closed()).collect();
                records.push(Rc::clone(&record));
                closed
            });
            drop(closed);
            record
        }
        // The thread is ending and its table is gone.
        Err(_) => return Record::attach(core),
    };
    THIS.with(|this| this.last.set(Some((core.id, Rc::as_ptr(&record)))));
    record
}
