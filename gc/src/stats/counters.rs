//! The counters behind the snapshots.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use super::{CycleStats, PauseStats, Stats};
use crate::callback::CallbackKind;
use crate::owned::OwnedSums;
use crate::sync::{AtomicU64, Ordering};

/// The counters of memory. Each is exact; two of them read one after the other may be of different moments.
///
/// All relaxed: nothing is concluded from a counter about anything else, but from `objects_doomed` by `verify`.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    /// Objects made, as far as mutators have told.
    pub(crate) objects_allocated: AtomicU64,
    pub(crate) bytes_allocated: AtomicU64,
    /// Bytes of slots that mutators have claimed, once each between two cycles: never less than they have allocated.
    bytes_claimed: AtomicU64,
    /// How much of that was given back since the last cycle, and not claimed again.
    bytes_given_back: AtomicU64,
    pub(crate) objects_freed: AtomicU64,
    pub(crate) bytes_freed: AtomicU64,
    pub(crate) objects_doomed: AtomicU64,
    pub(crate) bytes_doomed: AtomicU64,
    objects_dead: AtomicU64,
    /// Nanoseconds of sweeps.
    sweep_nanos: AtomicU64,
    /// Allocations that had to look their class up.
    pub(crate) class_misses: AtomicU64,
    /// What objects own elsewhere.
    pub(crate) owned: OwnedSums,
}

impl Counters {
    /// What was given back before counts once.
    pub(crate) fn note_claimed(&self, bytes: u64) {
        // Relaxed, all: hints for pacing.
        let mut again = self.bytes_given_back.load(Ordering::Relaxed);
        if again > 0 {
            let rest = |before: u64| Some(before.saturating_sub(bytes));
            let taken = self.bytes_given_back.fetch_update(Ordering::Relaxed, Ordering::Relaxed, rest);
            again = taken.unwrap_or(0).min(bytes);
        }
        self.bytes_claimed.fetch_add(bytes - again, Ordering::Relaxed);
    }

    /// Slots were claimed and not used. That takes nothing off what is claimed: a cycle that is due stays due when the
    /// threads that it waits for give back what they have.
    pub(crate) fn note_given_back(&self, bytes: u64) {
        self.bytes_given_back.fetch_add(bytes, Ordering::Relaxed);
    }

    /// A cycle has ended: what is free now is counted when it is claimed.
    pub(crate) fn forget_given_back(&self) {
        self.bytes_given_back.store(0, Ordering::Relaxed);
    }

    pub(crate) fn bytes_claimed(&self) -> u64 {
        self.bytes_claimed.load(Ordering::Relaxed)
    }

    pub(crate) fn note_sweep(&self, started: Instant) {
        let nanos = u64::try_from(started.elapsed().as_nanos()).unwrap_or(u64::MAX);
        self.sweep_nanos.fetch_add(nanos, Ordering::Relaxed);
    }

    pub(crate) fn sweep_time(&self) -> Duration {
        Duration::from_nanos(self.sweep_nanos.load(Ordering::Relaxed))
    }

    /// Bytes of objects that a cycle has found dead, when it has found `live` bytes alive. At its stop.
    pub(crate) fn dead_bytes(&self, live: u64) -> u64 {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let gone = read(&self.bytes_freed).saturating_add(read(&self.bytes_doomed)).saturating_add(live);
        read(&self.bytes_allocated).saturating_sub(gone)
    }

    /// Objects made.
    pub(crate) fn allocated(&self) -> u64 {
        self.objects_allocated.load(Ordering::Relaxed)
    }

    /// Objects that sweeps have found dead. A counter of its own: doomed ones may be becoming free ones meanwhile.
    pub(crate) fn dead(&self) -> u64 {
        self.objects_dead.load(Ordering::Relaxed)
    }

    pub(crate) fn note_dead(&self, objects: u64) {
        self.objects_dead.fetch_add(objects, Ordering::Relaxed);
    }

    pub(crate) fn note_allocated(&self, objects: u64, slot_bytes: u64) {
        self.objects_allocated.fetch_add(objects, Ordering::Relaxed);
        self.bytes_allocated.fetch_add(objects * slot_bytes, Ordering::Relaxed);
    }

    /// Takes back that an object was made.
    pub(crate) fn note_unmade(&self, slot_bytes: u64) {
        self.objects_allocated.fetch_sub(1, Ordering::Relaxed);
        self.bytes_allocated.fetch_sub(slot_bytes, Ordering::Relaxed);
    }

    pub(crate) fn note_freed(&self, objects: u64, slot_bytes: u64) {
        self.objects_freed.fetch_add(objects, Ordering::Relaxed);
        self.bytes_freed.fetch_add(objects * slot_bytes, Ordering::Relaxed);
    }

    pub(crate) fn note_doomed(&self, objects: u64, slot_bytes: u64) {
        self.objects_doomed.fetch_add(objects, Ordering::Relaxed);
        self.bytes_doomed.fetch_add(objects * slot_bytes, Ordering::Relaxed);
    }

    /// Dead objects that wait for their destructors.
    pub(crate) fn n_doomed(&self) -> u64 {
        self.objects_doomed.load(Ordering::Relaxed)
    }

    /// Doomed objects whose destructors have run.
    pub(crate) fn note_buried(&self, objects: u64, slot_bytes: u64) {
        self.note_freed(objects, slot_bytes);
        self.bytes_doomed.fetch_sub(objects * slot_bytes, Ordering::Relaxed);
        // Last, and release: pairs with the acquire in `Memory::verify`, which compares counters when nothing is doomed.
        self.objects_doomed.fetch_sub(objects, Ordering::Release);
    }
}

/// How many cycles are remembered.
const RECENT: usize = 256;

/// The counters of cycles.
#[derive(Debug, Default)]
pub(crate) struct Totals {
    pub(crate) cycles: u64,
    pub(crate) cycles_automatic: u64,
    pub(crate) live_objects: u64,
    pub(crate) live_bytes: u64,
    pub(crate) destructor_panics: u64,
    pub(crate) finalizer_panics: u64,
    pub(crate) cleanup_panics: u64,
    pub(crate) pauses: PauseStats,
    /// Time that had been spent sweeping when the last cycle ended.
    pub(crate) swept_before: Duration,
    /// The last cycles, oldest first: at most [`RECENT`].
    recent: VecDeque<CycleStats>,
}

impl Totals {
    /// Counts a cycle, which gets its number.
    pub(crate) fn note_cycle(&mut self, cycle: &mut CycleStats) {
        self.cycles += 1;
        self.cycles_automatic += u64::from(cycle.automatic);
        cycle.number = self.cycles;
        (self.live_objects, self.live_bytes) = (cycle.live_objects, cycle.live_bytes);
        self.pauses.note(cycle);
        if self.recent.len() == RECENT {
            self.recent.pop_front();
        }
        self.recent.push_back(cycle.clone());
    }

    /// The last cycles, oldest first.
    pub(crate) fn recent(&self) -> Vec<CycleStats> {
        self.recent.iter().cloned().collect()
    }

    /// Adds what is counted to a snapshot.
    pub(crate) fn add_to(&self, stats: &mut Stats) {
        stats.live_objects = self.live_objects;
        stats.live_bytes = self.live_bytes;
        stats.cycles = self.cycles;
        stats.cycles_automatic = self.cycles_automatic;
        stats.destructor_panics = self.destructor_panics;
        stats.finalizer_panics = self.finalizer_panics;
        stats.cleanup_panics = self.cleanup_panics;
        stats.pauses = self.pauses.clone();
    }

    pub(crate) fn note_panic(&mut self, kind: CallbackKind) {
        *match kind {
            CallbackKind::Destructor => &mut self.destructor_panics,
            CallbackKind::Finalizer => &mut self.finalizer_panics,
            CallbackKind::Cleanup => &mut self.cleanup_panics,
        } += 1;
    }
}
