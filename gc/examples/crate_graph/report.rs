//! What the collector did, in words.

use gc::{CycleStats, Stats};

use crate::table::Table;

/// What lived before, what was freed, what lives.
pub(crate) fn balance(before: &Stats, after: &Stats) -> Table {
    let freed_objects = after.objects_freed - before.objects_freed;
    let freed_bytes = after.bytes_freed - before.bytes_freed;
    let mut table = Table::new(["Heap", "objects", "bytes"]);
    table.row("lived before", [&before.objects(), &before.bytes()]);
    table.row("freed", [&freed_objects, &freed_bytes]);
    table.row("live now", [&after.objects(), &after.bytes()]);
    table
}

/// What a cycle did and how long it took.
pub(crate) fn cycle(cycle: &CycleStats) -> String {
    format!(
        "{} live, {} dead, {} destructors run; stopping {:.1?}, marking {:.1?}, sweeping {:.1?}",
        cycle.live_objects,
        cycle.dead_objects,
        cycle.destructors_run,
        cycle.stopping,
        cycle.marking,
        cycle.sweeping,
    )
}
