//! Entering a heap, and leaving it: with what is due before and after.

use core::ops::Deref;
use core::panic::Location;
use std::rc::Rc;

use crate::collector;
use crate::mutator::{Core, Entry, Inside, Record, last_record, record_of_this_thread};
use crate::sync::Arc;
use crate::zeal::ZEAL;

/// Enters by the record of the calling thread. Called rather than inlined, as is [`leave_heap`]: a program has many mutations,
/// each of which would have all of this.
#[inline(never)]
#[track_caller]
pub(super) fn enter_heap(core: &Arc<Core>) -> Inside<Rc<Record>> {
    match last_record(core) {
        Some(record) => enter(record),
        None => enter_another(core),
    }
}

/// Enters a heap that is not the one that the thread has used last.
#[cold]
#[inline(never)]
#[track_caller]
fn enter_another(core: &Arc<Core>) -> Inside<Rc<Record>> {
    enter(record_of_this_thread(core))
}

/// Leaves what [`enter_heap`] has entered.
#[inline(never)]
pub(super) fn leave_heap(inside: Inside<Rc<Record>>) {
    let (asked, record) = match inside.leave_at_once() {
        Ok(left) => left,
        Err(inside) => return leave_slow(inside),
    };
    // Who has the last count detaches the thread, which takes longer.
    if asked != 0 || ZEAL || Rc::strong_count(&record) == 1 {
        serve(record, asked);
    }
}

/// Enters, after what is to be done before.
#[inline]
#[track_caller]
pub(crate) fn enter<P: Deref<Target = Record>>(record: P) -> Inside<P> {
    let entered = Location::caller();
    match Inside::try_enter(record, entered) {
        Ok(inside) => inside,
        Err(record) => enter_slow(record, entered),
    }
}

#[cold]
#[inline(never)]
fn enter_slow<P: Deref<Target = Record>>(record: P, entered: &'static Location<'static>) -> Inside<P> {
    if record.has_dues() {
        collector::before_entry(&record);
    }
    Inside::enter(record, Entry::Own, entered)
}

/// Leaves, and sees to what is due at a safepoint.
#[inline]
pub(crate) fn leave<P: Deref<Target = Record>>(inside: Inside<P>) {
    let (asked, record) = match inside.leave_at_once() {
        Ok(left) => left,
        Err(inside) => return leave_slow(inside),
    };
    if asked != 0 || ZEAL {
        serve(record, asked);
    }
}

#[cold]
#[inline(never)]
fn leave_slow<P: Deref<Target = Record>>(inside: Inside<P>) {
    let (asked, record) = inside.leave();
    if asked || ZEAL && record.is_outside() {
        collector::at_safepoint(&record.core);
    }
}

#[cold]
#[inline(never)]
fn serve<P: Deref<Target = Record>>(record: P, asked: u32) {
    record.serve(asked);
    if asked != 0 || ZEAL {
        collector::at_safepoint(&record.core);
    }
}
