//! Upgrades beside sweeps and collections.

use std::time::Duration;

use tests::upgrades::race;
use tests::watchdog::within;

/// [7, 16, 17, 18, 22, 42, 247, 248] On four threads: never an object that is dead, and always one that is not.
#[test]
fn beside_sweeps_and_collections() {
    let done = within(Duration::from_secs(120), "upgrades beside sweeps", || race(Duration::from_secs(5)));
    assert!(done.turns > 100 && done.cycles > 10, "{done:?}");
    assert!(done.found > 10 && done.lost > 10, "{done:?}");
}
