//! The structures without locks of the example `lock_free`: one thread against std, many against what must add up, and
//! short histories of three threads against every order that the calls may have had.

use std::sync::{Mutex, MutexGuard, PoisonError};

mod hesitant;
mod histories;
mod linearizable;
mod models;
mod recorder;
mod sequential;
mod threads;

#[path = "../../../gc/examples/lock_free/backoff.rs"]
mod backoff;
#[path = "../../../gc/examples/lock_free/list.rs"]
mod list;
#[path = "../../../gc/examples/lock_free/queue.rs"]
mod queue;
#[path = "../../../gc/examples/lock_free/stack.rs"]
mod stack;

/// Waits for the other tests of several threads here: that their threads meet is what they are about, and they would
/// take the processors from each other.
fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}
