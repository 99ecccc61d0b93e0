//! The plan that is made at the end of a cycle: how many bytes may be allocated before the next one.

use super::balance::{LEAST_PERCENT, most};
use crate::options::Options;

/// What a plan is made of.
#[derive(Clone, Copy, Debug)]
pub(super) struct Found {
    /// Bytes that were found alive, and what they own elsewhere.
    pub(super) live: u64,
    /// Whether cycles free enough to be worth their time, where memory is short.
    pub(super) productive: bool,
    /// The least that may be allocated, if no limit is smaller.
    pub(super) least: u64,
}

/// How many bytes may be allocated from the end of a cycle on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Plan {
    /// Before the next one is due, if it is worth its time.
    pub(super) allowed: u64,
    /// Before it is due in any case. As much if the program has said how far the heap grows.
    pub(super) at_most: u64,
    /// Before it is due however much time cycles have taken. As much, unless a limit makes it due.
    pub(super) at_any_price: u64,
    /// With the dead that wait for destructors, before mutators wait for these.
    pub(super) with_doomed: u64,
}

impl Plan {
    /// The heap may grow by as many percent of what is live as the program says, or by [as much as is worth it](most), and at
    /// least to `min_heap`; with a limit a cycle starts early enough to leave a sixteenth of it.
    pub(super) fn new(found: Found, options: &Options) -> Self {
        let Found { live, productive, least } = found;
        let at_least = |growth: u64| growth.max((options.min_heap_bytes as u64).saturating_sub(live));
        let grown = |percent: u32| {
            let growth = u128::from(live) * u128::from(percent) / 100;
            at_least(u64::try_from(growth).unwrap_or(u64::MAX))
        };
        let ordinary = options.growth_percent.map_or_else(|| at_least(most(live)), grown);
        let room = |limit: u64, spare: u64| (limit - limit / spare).saturating_sub(live);
        let (hard, soft) = (options.limit_bytes as u64, options.soft_limit_bytes as u64);
        let limited = ordinary.min(room(hard, 16)).min(room(soft, 16));
        // Even when little room is left some allocation must be possible between two cycles.
        let at_most = limited.max((hard.min(soft) / 64).min(least));
        let allowed =
            at_most.min(options.growth_percent.map_or_else(|| grown(LEAST_PERCENT), grown).max(least));
        let last_call = if productive { room(hard, 32) } else { u64::MAX };
        // Go's rule: a limit is no reason to take more than as much as is alive.
        let without_limit = options.growth_percent.map_or_else(|| at_least(live), grown);
        let at_any_price = without_limit.min(last_call).max(at_most);
        let with_doomed = at_most.saturating_mul(2).min(room(hard, 16)).max(at_most);
        Self { allowed, at_most, at_any_price, with_doomed }
    }
}

#[cfg(all(test, not(loom)))]
pub(super) mod tests {
    use super::{Found, Plan};
    use crate::options::Options;

    const MIB: u64 = 1 << 20;
    const LEAST: u64 = 64 << 10;

    pub(in crate::mutator) fn options(soft_limit: u64, limit: u64) -> Options {
        let bytes = |bytes| usize::try_from(bytes).unwrap_or(usize::MAX);
        Options {
            soft_limit_bytes: bytes(soft_limit),
            limit_bytes: bytes(limit),
            min_heap_bytes: 32 << 20,
            growth_percent: Some(100),
            ..Options::default()
        }
    }

    fn plan(live: u64, options: &Options) -> Plan {
        Plan::new(Found { live, productive: true, least: LEAST }, options)
    }

    #[test]
    fn a_heap_grows_by_its_percentage_and_at_least_to_the_minimum() {
        let unlimited = options(u64::MAX, u64::MAX);
        assert_eq!(plan(100 * MIB, &unlimited).allowed, 100 * MIB);
        let half = Options { growth_percent: Some(50), ..unlimited.clone() };
        assert_eq!(plan(100 * MIB, &half).allowed, 50 * MIB);
        assert_eq!(plan(0, &unlimited).allowed, 32 * MIB);
        assert_eq!(plan(10 * MIB, &unlimited).allowed, 22 * MIB);
        for live in [0, 10 * MIB, 100 * MIB] {
            let Plan { allowed, at_most, at_any_price, with_doomed } = plan(live, &unlimited);
            let all = (at_most, at_any_price, with_doomed);
            assert_eq!(all, (allowed, allowed, 2 * allowed), "no limit, no waiting");
        }
        let balanced = Options { growth_percent: None, ..unlimited };
        for (live, bounds) in [(0, (32, 32)), (10, (22, 30)), (30, (7, 32)), (100, (25, 100))] {
            let Plan { allowed, at_most, at_any_price, with_doomed } = plan(live * MIB, &balanced);
            assert_eq!((allowed / MIB, at_most / MIB), bounds);
            assert_eq!((at_any_price, with_doomed), (at_most, 2 * at_most));
        }
    }

    #[test]
    fn limits_make_cycles_come_earlier() {
        for limited in [options(64 * MIB, u64::MAX), options(u64::MAX, 64 * MIB)] {
            assert_eq!(plan(40 * MIB, &limited).allowed, 20 * MIB);
            assert_eq!(plan(64 * MIB, &limited).allowed, LEAST);
        }
        let extremes = [0, 1, u64::MAX - 1, u64::MAX];
        for live in extremes {
            for limit in extremes {
                for growth_percent in [None, Some(0), Some(u32::MAX)] {
                    for min_heap_bytes in [0, usize::MAX] {
                        let all = Options { growth_percent, min_heap_bytes, ..options(limit, limit) };
                        let Plan { allowed, at_most, at_any_price, with_doomed } = plan(live, &all);
                        assert!(allowed <= at_most && at_most <= at_any_price && at_most <= with_doomed);
                    }
                }
            }
        }
    }

    #[test]
    fn beyond_a_soft_limit_the_ordinary_rule_bounds_the_heap() {
        let soft = options(64 * MIB, u64::MAX);
        assert_eq!(plan(80 * MIB, &soft).at_any_price, 80 * MIB);
        let small = Options { growth_percent: None, min_heap_bytes: 0, ..options(8 * MIB, u64::MAX) };
        assert_eq!(plan(8 * MIB, &small).at_any_price, 8 * MIB, "as much as is alive");
        let both = options(64 * MIB, 96 * MIB);
        assert_eq!(plan(80 * MIB, &both).at_any_price, 13 * MIB, "a 32nd is left");
        let in_vain = Found { live: 80 * MIB, productive: false, least: LEAST };
        assert_eq!(Plan::new(in_vain, &both).at_any_price, 80 * MIB);
    }

    #[test]
    fn the_dead_and_the_new_together_stay_below_a_limit() {
        let hard = options(u64::MAX, 64 * MIB);
        assert_eq!(plan(0, &hard).with_doomed, 60 * MIB);
        assert_eq!(plan(40 * MIB, &hard).with_doomed, 20 * MIB);
    }
}
