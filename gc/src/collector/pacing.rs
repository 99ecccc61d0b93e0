//! Pacing: when the next cycle starts. What decides is a pure function of what the last one found.

use crate::marking::Marked;
use crate::mutator::Core;
use crate::sync::Ordering;

/// Decides when the next cycle starts, after one has marked.
pub(super) fn plan(core: &Core, marked: &Marked) {
    let (options, counters) = (&core.options, &core.memory.counters);
    let live = marked.bytes + counters.external_bytes() + counters.bytes_doomed.load(Ordering::Relaxed);
    let limit = options.limit_bytes.min(options.soft_limit_bytes) as u64;
    let allowed = allowance(live, options.growth_percent, options.min_heap_bytes as u64, limit);
    core.set_goal(allowed);
}

/// A cycle has failed: not again at the next safepoint.
pub(super) fn postpone(core: &Core) {
    core.set_goal(core.options.min_heap_bytes as u64);
}

/// Gives pages back to the system that will not be needed before the next cycle.
pub(super) fn trim_idle(core: &Core) {
    let room = core.goal.at().saturating_sub(core.memory.counters.bytes_claimed());
    core.memory.trim(usize::try_from(room).unwrap_or(usize::MAX));
}

/// Bytes that may be allocated after a cycle that found `live` bytes before the next one starts.
///
/// The heap may grow by `growth_percent` of what is live, and at least to `min_heap`; with a limit it starts
/// early enough to leave a sixteenth of it.
pub(super) fn allowance(live: u64, growth_percent: u32, min_heap: u64, limit: u64) -> u64 {
    let growth = u128::from(live) * u128::from(growth_percent) / 100;
    let growth = u64::try_from(growth).unwrap_or(u64::MAX);
    let goal = live.saturating_add(growth).max(min_heap).min(limit - limit / 16);
    // Even when little room is left some allocation must be possible between two cycles.
    goal.saturating_sub(live).max((limit / 64).min(64 << 10))
}

#[cfg(test)]
mod tests {
    use super::allowance;

    const MIB: u64 = 1 << 20;

    #[test]
    fn a_heap_grows_by_its_percentage() {
        assert_eq!(allowance(100 * MIB, 100, 32 * MIB, u64::MAX), 100 * MIB);
        assert_eq!(allowance(100 * MIB, 50, 32 * MIB, u64::MAX), 50 * MIB);
    }

    #[test]
    fn small_heaps_grow_to_the_minimum() {
        assert_eq!(allowance(0, 100, 32 * MIB, u64::MAX), 32 * MIB);
        assert_eq!(allowance(10 * MIB, 100, 32 * MIB, u64::MAX), 22 * MIB);
    }

    #[test]
    fn a_limit_makes_cycles_come_earlier() {
        assert_eq!(allowance(40 * MIB, 100, 32 * MIB, 64 * MIB), 20 * MIB);
        assert!(allowance(64 * MIB, 100, 32 * MIB, 64 * MIB) > 0);
        assert!(allowance(u64::MAX, u32::MAX, u64::MAX, u64::MAX) > 0);
    }
}
