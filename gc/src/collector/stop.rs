//! Stopping the world, however many attempts it takes, and who keeps it waiting.
//!
//! An attempt keeps the gate closed for a bounded time. After one that failed everybody may enter for ten times as
//! long, so at most about a tenth of the time is lost, and the next one has twice the patience. It comes earlier only
//! if nobody is inside any more.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use super::back_off::{end_time, let_others_in};
use super::tell;
use crate::mutator::{Core, Stopped, Straggler};
use crate::stall::{Stall, ThreadInside};

/// How long the first attempt keeps the gate closed before giving up.
const FIRST_PATIENCE: Duration = Duration::from_millis(10);
/// How long any attempt does.
const MAX_PATIENCE: Duration = Duration::from_secs(1);
/// Time between attempts, in patiences of the last one.
const BACK_OFF: u32 = 10;

/// The attempts of one stop.
#[derive(Debug)]
pub(super) struct Stopping {
    patience: Duration,
    /// When attempts end.
    until: Option<Instant>,
    since: Instant,
    /// Mutations that attempts have waited for, and since when: mutator and passage.
    waited_for: HashMap<(u64, u32), Instant>,
}

impl Stopping {
    pub(super) fn new() -> Self {
        Self::until(None)
    }

    /// A stop whose attempts end in time.
    pub(super) fn until(until: Option<Instant>) -> Self {
        Self { patience: FIRST_PATIENCE, until, since: Instant::now(), waited_for: HashMap::new() }
    }

    /// A stop that succeeds at once or fails.
    pub(super) fn without_patience() -> Self {
        Self { patience: Duration::ZERO, ..Self::new() }
    }

    /// One attempt.
    ///
    /// # Errors
    ///
    /// Threads have stayed inside, which was reported: for how long others should be let in before the next attempt.
    pub(super) fn attempt<'c>(&mut self, core: &'c Core) -> Result<Stopped<'c>, Duration> {
        let started = Instant::now();
        let left = self.until.map(|until| until.saturating_duration_since(started));
        core.gate.attempt(left.map_or(self.patience, |left| left.min(self.patience))).map_err(|stragglers| {
            if self.patience.is_zero() {
                return Duration::ZERO;
            }
            core.totals.lock().pauses.note_failed(started.elapsed());
            let inside = self.describe(stragglers, started);
            tell::stall(core, &Stall { heap: core.roots.describe(), inside, waited: self.since.elapsed() });
            let back_off = self.patience * BACK_OFF;
            self.patience = (self.patience * 2).min(MAX_PATIENCE);
            back_off
        })
    }

    fn describe(&mut self, stragglers: Vec<Straggler>, started: Instant) -> Vec<ThreadInside> {
        let before = core::mem::take(&mut self.waited_for);
        let describe = |straggler: Straggler| {
            let key = (straggler.id, straggler.passage);
            let since = before.get(&key).copied().unwrap_or(started);
            self.waited_for.insert(key, since);
            ThreadInside { thread: straggler.thread, entered: straggler.entered, at_least: since.elapsed() }
        };
        stragglers.into_iter().map(describe).collect()
    }
}

/// A stop for something other than a cycle, which is counted when it ends.
#[derive(Debug)]
pub(super) struct OtherStop<'c> {
    core: &'c Core,
    /// Until it is dropped.
    stopped: Option<Stopped<'c>>,
}

impl<'c> OtherStop<'c> {
    fn new(core: &'c Core, stopped: Stopped<'c>) -> Self {
        Self { core, stopped: Some(stopped) }
    }
}

impl Drop for OtherStop<'_> {
    fn drop(&mut self) {
        let pause = self.stopped.take().map_or(Duration::ZERO, |stopped| stopped.elapsed());
        end_time(self.core);
        self.core.totals.lock().pauses.note_other(pause);
        tell::other_stop(self.core, pause);
    }
}

/// Stops the world, for something other than a cycle.
pub(super) fn stop(core: &Core) -> OtherStop<'_> {
    let mut stopping = Stopping::new();
    loop {
        match stopping.attempt(core) {
            Ok(stopped) => {
                core.forget_attempts();
                return OtherStop::new(core, stopped);
            }
            // Ended by threads that leave their mutations, each of which is named after the attempt.
            Err(back_off) => let_others_in(core, back_off, None),
        }
    }
}

/// Stops the world if that is possible at the first attempt. Nobody is told if it is not.
pub(super) fn stop_briefly(core: &Core) -> Option<OtherStop<'_>> {
    Some(OtherStop::new(core, core.gate.attempt_once(FIRST_PATIENCE)?))
}
