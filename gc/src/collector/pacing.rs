//! Pacing: when the next cycle starts. A pure function of what the last one found.

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
