//! The service thread of a heap: sweeps in the background, then runs destructors.
//!
//! It starts with the first automatic cycle that leaves it something to do, and ends when it had nothing to do
//! for a while; before that it gives idle pages back to the system. If no thread can be had, sweeping is left to
//! mutators and the next cycle, destructors to the next `collect` and to the end of the heap.

use std::time::Duration;

use super::{close, destructors};
use crate::mutator::Core;
use crate::sync::Arc;

/// How long the thread waits for more to do.
const IDLE: Duration = Duration::from_millis(500);

/// Some work outside of mutations. As long as it goes on a heap that is closed keeps its memory.
#[derive(Debug)]
pub(super) struct Working<'c> {
    core: &'c Core,
}

impl<'c> Working<'c> {
    /// Begins; `None` if the heap is closed.
    pub(super) fn begin(core: &'c Core) -> Option<Self> {
        let mut work = core.work.lock();
        if core.is_closed() {
            return None;
        }
        work.busy += 1;
        Some(Self { core })
    }
}

impl Drop for Working<'_> {
    fn drop(&mut self) {
        let last = {
            let mut work = self.core.work.lock();
            work.busy -= 1;
            work.busy == 0 && self.core.is_closed()
        };
        self.core.work_changed.notify_all();
        if last {
            close::finish(self.core);
        }
    }
}

/// Tells the service thread that there is work; starts it if it does not exist.
pub(super) fn wake(core: &Arc<Core>) {
    {
        let mut work = core.work.lock();
        work.wanted = true;
        if work.served {
            core.work_changed.notify_all();
            return;
        }
        work.served = true;
    }
    let shared = Arc::clone(core);
    let spawned = std::thread::Builder::new().name("gc-service".to_owned()).spawn(move || serve(&shared));
    if spawned.is_err() {
        core.work.lock().served = false;
    }
}

fn serve(core: &Core) {
    loop {
        core.work.lock().wanted = false;
        if let Some(_working) = Working::begin(core) {
            core.memory.sweep_all();
        }
        destructors::run_due(core);
        let work = core.work.lock();
        let idle = |work: &mut crate::mutator::Work| !work.wanted && !core.is_closed();
        let mut work = core.work_changed.wait_timeout_while(work, IDLE, idle);
        if work.wanted && !core.is_closed() {
            continue;
        }
        work.served = false;
        drop(work);
        if let Some(_working) = Working::begin(core) {
            super::pacing::trim_idle(core);
        }
        return;
    }
}
