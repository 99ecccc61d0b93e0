//! What a thread knows of itself: its records, one for each heap that it is attached to, and the mutations that it is
//! inside of.
//!
//! A thread has one record for a heap at a time. All its records are in one chain, which they enter and leave
//! themselves; it has no destructor, so it can be asked at any time, also while the thread's thread-locals are being
//! destroyed. The table, which keeps records from one mutation to the next, has one. When it is gone records are kept
//! by what else counts them: open mutations and [`Mutator`](crate::Mutator)s. A thread that attaches for the first time
//! after all thread-locals were destroyed has a table that nobody destroys, so it is emptied at the very end of a thread.

use core::cell::{Cell, RefCell};
use core::panic::Location;
use core::ptr::null;
use std::rc::Rc;

use super::heap_core::{Core, HeapId};
use super::record::Record;
use crate::os;
use crate::sync::Arc;

/// Code of the program that a heap runs outside of mutations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Callback {
    /// A destructor of an object.
    Destructor,
    /// A hook for stalls or cycles.
    Hook,
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
    /// The heap that it used last, and its record there, which is in the chain; or no heap. (An `Option` of both would cost
    /// each entry a branch more, as the compiler packs it into that of [`LocalKey::try_with`](std::thread::LocalKey::try_with).)
    last: Cell<(HeapId, *const Record)>,
    /// The first record of the chain.
    records: Cell<*const Record>,
}

thread_local! {
    static THIS: ThisThread = const {
        ThisThread {
            depth: Cell::new(0),
            entered: Cell::new(None),
            callback: Cell::new(None),
            last: Cell::new((HeapId::NONE, null())),
            records: Cell::new(null()),
        }
    };
    /// Counts of records.
    static TABLE: RefCell<Vec<Rc<Record>>> = const { RefCell::new(Vec::new()) };
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
}

/// Puts a new record of this thread into the chain.
///
/// # Safety
///
/// The record stays alive and where it is until it is unlinked.
pub(super) unsafe fn link(record: &Rc<Record>) {
    THIS.with(|this| record.next.set(this.records.replace(Rc::as_ptr(record))));
}

/// Takes a record of this thread out of the chain: it is about to go away.
pub(super) fn unlink(record: &Record) {
    THIS.with(|this| {
        if core::ptr::eq(this.last.get().1, record) {
            this.last.set((HeapId::NONE, null()));
        }
        let mut place = &this.records;
        // SAFETY: records in the chain are alive, and no other thread has their chain.
        while let Some(other) = unsafe { place.get().as_ref() } {
            if core::ptr::eq(other, record) {
                place.set(other.next.get());
                return;
            }
            place = &other.next;
        }
    });
}

/// The first answer of a record of this thread that has one. `ask` neither makes nor drops a record.
pub(super) fn any_record<R>(ask: impl Fn(&Record) -> Option<R>) -> Option<R> {
    THIS.with(|this| {
        let mut at = this.records.get();
        // SAFETY: records in the chain are alive, and `ask` lets it alone.
        while let Some(record) = unsafe { at.as_ref() } {
            if let Some(answer) = ask(record) {
                return Some(answer);
            }
            at = record.next.get();
        }
        None
    })
}

/// The record of this thread for a heap; attaches the thread if need be.
///
/// # Panics
///
/// The heap is one of the parent of this process, whose threads are lost.
#[inline]
#[track_caller]
pub(crate) fn record_of_this_thread(core: &Arc<Core>) -> Rc<Record> {
    match last_record(core) {
        Some(record) => record,
        None => look_up(core),
    }
}

/// The record of this thread for a heap, if it is that which it used last.
#[inline]
pub(crate) fn last_record(core: &Core) -> Option<Rc<Record>> {
    let (heap, record) = THIS.with(|this| this.last.get());
    if heap != core.id {
        return None;
    }
    // SAFETY: the record is in the chain: when it leaves, `last` forgets it.
    Some(unsafe { counted(record) })
}

/// Gives up the records of this thread, which is the only one of a process that has lost threads of its heaps.
pub(super) fn lose_records() {
    THIS.with(|this| {
        let mut at = this.records.get();
        // SAFETY: records in the chain are alive.
        while let Some(record) = unsafe { at.as_ref() } {
            // SAFETY: it is in the chain.
            unsafe { counted(at) }.lose();
            at = record.next.get();
        }
    });
}

/// A count of a record.
///
/// # Safety
///
/// The record is in the chain of this thread.
#[inline]
unsafe fn counted(record: *const Record) -> Rc<Record> {
    // SAFETY: the chain has pointers of `Rc`s, whose counts are not zero: a record leaves it before it goes.
    unsafe { Rc::increment_strong_count(record) };
    // SAFETY: as above; the count is the result's.
    unsafe { Rc::from_raw(record) }
}

#[cold]
#[inline(never)]
#[track_caller]
fn look_up(core: &Arc<Core>) -> Rc<Record> {
    core.assert_not_lost();
    let found = THIS.with(|this| {
        let mut at = this.records.get();
        // SAFETY: records in the chain are alive.
        while let Some(record) = unsafe { at.as_ref() } {
            if record.core.id == core.id {
                // SAFETY: it is in the chain.
                return Some(unsafe { counted(at) });
            }
            at = record.next.get();
        }
        None
    });
    let record = found.unwrap_or_else(|| attach(core));
    THIS.with(|this| this.last.set((core.id, Rc::as_ptr(&record))));
    record
}

/// The name of this thread, for messages.
pub(super) fn this_thread() -> String {
    // What std knows of a thread is gone at some time after all of its thread-locals are, and then it may not be asked.
    if TABLE.try_with(|_| ()).is_err() {
        return "(a thread that is ending)".to_owned();
    }
    let thread = std::thread::current();
    thread.name().map_or_else(|| format!("{:?}", thread.id()), str::to_owned)
}

/// Attaches this thread to a heap, until it ends; if its thread-locals are being destroyed, until the mutation ends.
fn attach(core: &Arc<Core>) -> Rc<Record> {
    let record = Record::attach(core);
    let closed = TABLE.try_with(|table| {
        os::run_at_end(empty_table);
        let mut records = table.borrow_mut();
        let closed: Vec<_> = records.extract_if(.., |record| record.core.is_closed()).collect();
        records.push(Rc::clone(&record));
        closed
    });
    // Records of closed heaps are dropped after the borrow has ended: they detach.
    drop(closed);
    record
}

/// Detaches this thread, which ends, from all heaps.
fn empty_table() {
    // An error: it was destroyed in time.
    drop(TABLE.try_with(RefCell::take));
}

#[cfg(all(test, not(loom)))]
mod tests {
    use core::cell::RefCell;
    use core::panic::Location;
    use std::rc::Rc;
    use std::sync::mpsc::{Sender, channel};

    use super::record_of_this_thread;
    use crate::mutator::{Core, Entry, Inside};
    use crate::options::Options;
    use crate::sync::Arc;

    /// Looks for its records in two heaps, one after the other, when the thread ends.
    struct AtEnd([Arc<Core>; 2], Sender<bool>);

    impl Drop for AtEnd {
        fn drop(&mut self) {
            let records = || self.0.each_ref().map(record_of_this_thread);
            let outer = records();
            let inside =
                outer.each_ref().map(|record| Inside::enter(&**record, Entry::Own, Location::caller()));
            // What was looked for last is another heap's, each time.
            let inner = records();
            self.1.send(outer.iter().zip(&inner).all(|(outer, inner)| Rc::ptr_eq(outer, inner))).unwrap();
            let [first, second] = inside;
            second.leave();
            first.leave();
        }
    }

    #[test]
    fn a_thread_has_one_record_to_its_end() {
        thread_local! {
            static BEFORE: RefCell<Option<AtEnd>> = const { RefCell::new(None) };
            static AFTER: RefCell<Option<AtEnd>> = const { RefCell::new(None) };
        }
        let cores = [(); 2].map(|()| Core::new(Options::default()));
        let (tell, told) = channel();
        let at_end = || Some(AtEnd(cores.each_ref().map(Arc::clone), tell.clone()));
        std::thread::scope(|scope| {
            scope.spawn(|| {
                // One is destroyed before the table of records, and one after it.
                BEFORE.set(at_end());
                cores.iter().for_each(|core| drop(record_of_this_thread(core)));
                AFTER.set(at_end());
            });
        });
        assert_eq!([told.recv(), told.recv()], [Ok(true); 2]);
    }
}
