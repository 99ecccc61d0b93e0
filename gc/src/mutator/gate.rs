//! The gate: who is inside a mutation, and the stop.
//!
//! A stop attempt is bounded: the gate is closed, and if the threads inside do not leave in time it opens
//! again. So no thread waits at the gate without bound, and no cycle of waits through a stop lasts: while a
//! stop waits for a thread that is inside and waits for a lock, the owner of that lock, if it waits at the
//! gate, is let in.

use std::time::{Duration, Instant};

use super::record::Record;
use crate::sync::{Condvar, Mutex, MutexGuard, Rank};

/// How long the first attempt of a stop keeps the gate closed before giving up.
const FIRST_PATIENCE: Duration = Duration::from_millis(10);
/// How long any attempt does.
const MAX_PATIENCE: Duration = Duration::from_secs(1);
/// Time between attempts, in patiences of the last one: at most a tenth of the time goes to failed attempts.
const BACK_OFF: u32 = 10;

#[derive(Debug)]
pub(super) struct State {
    /// Threads inside a mutation.
    inside: usize,
    /// Whether the gate is closed.
    closed: bool,
    /// Threads that wait to enter.
    waiting: usize,
    /// Threads that waited when the gate opened and have not entered yet. They come before the next stop, so that
    /// stops one after the other keep nobody out.
    let_in: usize,
    /// Records of attached threads.
    pub(super) records: Vec<*const Record>,
    /// When an automatic cycle may try to stop the world again.
    retry_at: Option<Instant>,
}

// SAFETY: records unlist themselves, under this state's lock, before they go away.
unsafe impl Send for State {}

impl State {
    /// Runs an action on behalf of every mutator that is not inside, and cannot enter meanwhile.
    fn for_each_outside(&self, action: unsafe fn(&Record)) {
        for &record in &self.records {
            // SAFETY: listed records are alive while the state is locked.
            let record = unsafe { &*record };
            if !record.is_inside() {
                // SAFETY: the gate is locked, and the thread is not inside.
                unsafe { action(record) };
            }
        }
    }
}

/// The gate of a heap.
#[derive(Debug)]
pub(crate) struct Gate {
    state: Mutex<State>,
    /// The gate opened, the world stopped, or the last thread left.
    changed: Condvar,
}

impl Gate {
    pub(super) fn new() -> Self {
        let state =
            State { inside: 0, closed: false, waiting: 0, let_in: 0, records: Vec::new(), retry_at: None };
        Self { state: Mutex::new(Rank::Gate, state), changed: Condvar::new() }
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock()
    }

    /// Enters, waiting while the gate is closed; `noted` runs under the lock.
    pub(super) fn enter(&self, noted: impl FnOnce()) {
        let mut state = self.state.lock();
        if state.closed {
            state.waiting += 1;
            while state.closed {
                state = self.changed.wait(state);
            }
            state.waiting -= 1;
            state.let_in -= 1;
            if state.let_in == 0 {
                self.changed.notify_all();
            }
        }
        state.inside += 1;
        noted();
    }

    /// Leaves; `noted` runs under the lock.
    pub(super) fn leave(&self, noted: impl FnOnce()) {
        let mut state = self.state.lock();
        state.inside -= 1;
        noted();
        if state.inside == 0 && state.closed {
            self.changed.notify_all();
        }
    }

    /// Brings the counters up to date, but for what threads inside have allocated.
    pub(crate) fn count(&self) {
        self.lock().for_each_outside(Record::count);
    }

    /// Ends all claims of a heap that nobody is inside of, or will be.
    pub(crate) fn flush(&self) {
        self.lock().for_each_outside(Record::flush);
    }

    /// Stops the world, however many attempts it takes.
    pub(crate) fn stop(&self) -> Stopped<'_> {
        let mut patience = FIRST_PATIENCE;
        loop {
            if let Some(stopped) = self.attempt(patience) {
                return stopped;
            }
            std::thread::sleep(patience * BACK_OFF);
            patience = (patience * 2).min(MAX_PATIENCE);
        }
    }

    /// Stops the world if that is possible soon, and not right after it was not.
    pub(crate) fn try_stop(&self) -> Option<Stopped<'_>> {
        if self.state.lock().retry_at.is_some_and(|at| Instant::now() < at) {
            return None;
        }
        let stopped = self.attempt(FIRST_PATIENCE);
        if stopped.is_none() {
            self.state.lock().retry_at = Some(Instant::now() + FIRST_PATIENCE * BACK_OFF);
        }
        stopped
    }

    fn open(&self, state: &mut State) {
        (state.closed, state.let_in) = (false, state.waiting);
        self.changed.notify_all();
    }

    fn attempt(&self, patience: Duration) -> Option<Stopped<'_>> {
        let mut state = self.state.lock();
        // Another stop comes first, and whoever waited for it. It is finite: either it fails, or only library code
        // runs in it.
        while state.closed || state.let_in > 0 {
            state = self.changed.wait(state);
        }
        state.closed = true;
        state = self.changed.wait_timeout_while(state, patience, |state| state.inside > 0);
        if state.inside > 0 {
            self.open(&mut state);
            return None;
        }
        state.for_each_outside(Record::flush);
        Some(Stopped { gate: self, since: Instant::now() })
    }
}

/// Proof that no thread is inside a mutation of the heap. Dropping it lets them in again.
#[derive(Debug)]
pub(crate) struct Stopped<'g> {
    gate: &'g Gate,
    since: Instant,
}

impl Stopped<'_> {
    /// For how long the world has been stopped.
    pub(crate) fn elapsed(&self) -> Duration {
        self.since.elapsed()
    }
}

impl Drop for Stopped<'_> {
    fn drop(&mut self) {
        let mut state = self.gate.state.lock();
        state.retry_at = None;
        self.gate.open(&mut state);
    }
}
