//! A heap's own threads: one [coordinates](super::coordinator) cycles, one runs [destructors](super::destructors), one
//! finalizers and cleanups ([callbacks]), one watches that, and one watches whether the heap falls [idle]. Callbacks may
//! take for ever; destructors have a thread of their own, so that a finalizer which blocks does not keep memory from being
//! freed, and the thread of a finalizer or cleanup that blocks while others wait behind it is replaced.
//!
//! Each starts when there is something for it, and ends when it had nothing to do for a while. If no thread can be
//! had, cycles run on the thread whose safepoint it is, sweeping is left to mutators and the next cycle, destructors
//! to the next `collect` and to the end of the heap, finalizers and cleanups to who waits for them.

use std::time::Duration;

use super::trim::trim;
use super::{callbacks, close, coordinator, destructors, idle};
use crate::mutator::{Core, Serving, Work};
use crate::sync::Arc;

/// How long a thread waits for more to do.
pub(super) const IDLE: Duration = Duration::from_millis(500);

/// Some work outside of mutations. As long as it goes on a heap that is closed keeps its memory.
#[derive(Debug)]
pub(super) struct Working<'c> {
    core: &'c Arc<Core>,
}

impl<'c> Working<'c> {
    /// Begins; `None` if the heap is closed.
    pub(super) fn begin(core: &'c Arc<Core>) -> Option<Self> {
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
            close::finish_outside(self.core);
        }
    }
}

/// Which of them.
#[derive(Clone, Copy, Debug)]
pub(super) enum Service {
    Coordinator,
    Destructors,
    Finalizers,
    Watch,
    Idle,
}

impl Service {
    fn name(self) -> &'static str {
        match self {
            Self::Coordinator => "gc-coordinator",
            Self::Destructors => "gc-destructors",
            Self::Finalizers => "gc-finalizers",
            Self::Watch => "gc-watch",
            Self::Idle => "gc-idle",
        }
    }

    fn state(self, work: &mut Work) -> &mut Serving {
        &mut work.services[self as usize]
    }

    fn work(self, core: &Arc<Core>) {
        match self {
            Self::Coordinator => coordinator::work(core),
            Self::Destructors => {
                destructors::run_due(core);
                wake_for_due(core);
            }
            Self::Finalizers => _ = callbacks::run_due(core),
            Self::Watch => callbacks::watch(core),
            Self::Idle => idle::watch(core),
        }
    }
}

/// Tells the thread that there is work; starts it if it does not exist. Whether there is one.
pub(super) fn wake(core: &Arc<Core>, service: Service) -> bool {
    let given_up = {
        let mut work = core.work.lock();
        let state = service.state(&mut work);
        state.wanted = true;
        if state.served {
            // Who works looks before it waits. Each of the others who wait here would be woken in vain, or looks by itself
            // now and then.
            if state.waits {
                core.work_changed.notify_all();
            }
            return true;
        }
        state.served = true;
        state.given_up
    };
    start(core, service, given_up)
}

/// Starts another thread for work that one has begun and does not end: that one does nothing else any more.
pub(super) fn replace(core: &Arc<Core>, service: Service) {
    let given_up = {
        let mut work = core.work.lock();
        let state = service.state(&mut work);
        let given_up = state.given_up + 1;
        *state = Serving { served: true, wanted: true, waits: false, given_up };
        given_up
    };
    start(core, service, given_up);
}

/// Starts the thread that the state says there is; whether that was possible.
fn start(core: &Arc<Core>, service: Service, given_up: u32) -> bool {
    let shared = Arc::clone(core);
    let spawned = spawn(core, service.name(), move || serve(&shared, service, given_up));
    if !spawned {
        let mut work = core.work.lock();
        let state = service.state(&mut work);
        // Meanwhile another one may have been started in its place, and be there.
        if state.given_up == given_up {
            (state.served, state.wanted) = (false, false);
        }
        drop(work);
        core.work_changed.notify_all();
    }
    spawned
}

/// Starts a thread of the heap; whether there is one.
pub(super) fn spawn(core: &Core, name: &str, run: impl FnOnce() + Send + 'static) -> bool {
    let thread = std::thread::Builder::new().name(name.to_owned()).stack_size(core.options.stack_bytes);
    thread.spawn(run).is_ok()
}

/// Wakes who runs what is due; false if that has to be done by somebody else.
pub(super) fn wake_for_due(core: &Arc<Core>) -> bool {
    if core.options.by_hand {
        return false;
    }
    let destructors = !core.memory.has_doomed() || wake(core, Service::Destructors);
    let (is_due, is_running) = {
        let work = core.work.lock();
        (core.n_callbacks_due(&work) > 0, work.calling.current().is_some())
    };
    let finalizers = !is_due || wake(core, Service::Finalizers);
    if is_due && is_running {
        wake(core, Service::Watch);
    }
    destructors && finalizers
}

/// Whether the thread exists, or is about to.
pub(super) fn exists(work: &Work, service: Service) -> bool {
    work.services[service as usize].served
}

/// What the thread does that is the service's until one more is given up than were at its start.
fn serve(core: &Arc<Core>, service: Service, given_up: u32) {
    loop {
        {
            let mut work = core.work.lock();
            let state = service.state(&mut work);
            if state.given_up != given_up {
                return;
            }
            state.wanted = false;
        }
        service.work(core);
        let mut work = core.work.lock();
        let state = service.state(&mut work);
        if state.given_up != given_up {
            return;
        }
        state.waits = true;
        let idle = |work: &mut Work| {
            let state = service.state(work);
            !state.wanted && state.given_up == given_up && !core.is_closed()
        };
        // Ended by who wakes it, by who drops the last handle, or by time: a thread may be given up while it waits, when
        // somebody else does what it is for, and has not ended it.
        let mut work = core.work_changed.wait_timeout_while(work, IDLE, idle);
        let state = service.state(&mut work);
        if state.given_up != given_up {
            return;
        }
        state.waits = false;
        if state.wanted && !core.is_closed() {
            continue;
        }
        state.served = false;
        drop(work);
        core.work_changed.notify_all();
        if let Some(_working) = Working::begin(core) {
            // What will not be needed before the next cycle.
            let keep = core.pacer.left(&core.memory.counters);
            trim(core, usize::try_from(keep).unwrap_or(usize::MAX));
        }
        return;
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use std::time::{Duration, Instant};

    use super::{Service, wake};
    use crate::mutator::Core;
    use crate::options::Options;

    /// Long enough for any machine: only what never comes takes so long.
    const LIMIT: Duration = Duration::from_secs(60);

    #[test]
    fn who_waits_is_woken() {
        let (core, service) = (Core::new(Options::default()), Service::Destructors);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                let mut work = core.work.lock();
                let state = service.state(&mut work);
                (state.served, state.waits) = (true, true);
                let started = Instant::now();
                drop(core.work_changed.wait_timeout_while(work, LIMIT, |work| !service.state(work).wanted));
                assert!(started.elapsed() < LIMIT, "nobody woke it");
            });
            // Seen when the lock is free, thus when it waits.
            while !service.state(&mut core.work.lock()).waits {
                std::thread::yield_now();
            }
            assert!(wake(&core, service), "there is one");
        });
    }

    #[test]
    fn a_service_without_work_waits() {
        let (core, service) = (Core::new(Options::default()), Service::Destructors);
        let started = Instant::now();
        loop {
            let state = *service.state(&mut core.work.lock());
            if state.waits {
                break;
            }
            assert!(started.elapsed() < LIMIT, "it never does");
            if !state.served {
                wake(&core, service);
            }
            std::thread::yield_now();
        }
    }
}
