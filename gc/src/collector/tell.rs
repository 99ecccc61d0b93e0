//! What the program is told while its heap is collected: by hooks, on standard error, through `tracing`.
//!
//! All of that is code of the program, or waits for it. So it runs under no lock and while nobody is kept out, and a thread
//! that is told something does not collect meanwhile, or it would be told again. A panic ends where it comes from.

use std::time::Duration;

use crate::callback::{CallbackPanic, call_hook};
use crate::log;
use crate::mutator::{Callback, Core, while_calling};
use crate::pin_report::PinsLeft;
use crate::stall::Stall;
use crate::stats::CycleStats;

/// Calls code of the program.
fn tell(call: impl FnOnce()) {
    while_calling(Callback::Hook, || call_hook(call));
}

/// A cycle has ended, and threads may enter.
pub(super) fn cycle(core: &Core, cycle: &CycleStats) {
    #[cfg(feature = "tracing")]
    tell(|| {
        tracing::debug!(
            target: "gc",
            cycle = cycle.number,
            automatic = cycle.automatic,
            pause = ?cycle.pause,
            stopping = ?cycle.stopping,
            marking = ?cycle.marking,
            mark_threads = cycle.mark_threads,
            live_objects = cycle.live_objects,
            live_bytes = cycle.live_bytes,
            owned_bytes = cycle.owned_bytes,
            dead_objects = cycle.dead_objects,
            "{} was collected",
            core.roots.describe()
        );
    });
    if let Some(format) = core.options.log {
        let swept = core.memory.counters.sweep_time();
        let share = core.totals.lock().pauses.collector_share(swept, core.pacer.age());
        log::write_cycle(format, &core.roots.describe(), share, cycle);
    }
    if let Some(hook) = &core.options.on_cycle {
        tell(|| (hook.0)(cycle));
    }
}

/// An attempt to stop the world has failed.
pub(super) fn stall(core: &Core, stall: &Stall) {
    #[cfg(feature = "tracing")]
    tell(|| tracing::warn!(target: "gc", "{stall}"));
    if let Some(hook) = &core.options.on_stall {
        tell(|| (hook.0)(stall));
    }
}

/// Nobody could enter for some time, for something other than a cycle.
#[cfg_attr(not(feature = "tracing"), expect(unused_variables, reason = "only `tracing` is told"))]
pub(super) fn other_stop(core: &Core, pause: Duration) {
    #[cfg(feature = "tracing")]
    tell(|| tracing::debug!(target: "gc", ?pause, "{} was looked into", core.roots.describe()));
}

/// Code of the program has panicked.
pub(super) fn panic(core: &Core, panic: &CallbackPanic<'_>) {
    #[cfg(feature = "tracing")]
    tell(|| tracing::error!(target: "gc", "{panic}"));
    if let Some(hook) = &core.options.on_panic {
        tell(|| (hook.0)(panic));
    }
}

/// Pins outlive the last handle.
pub(super) fn pins_left(core: &Core, left: &PinsLeft) {
    #[cfg(feature = "tracing")]
    tell(|| tracing::warn!(target: "gc", "{left}"));
    if let Some(hook) = &core.options.on_pins_left {
        tell(|| (hook.0)(left));
    }
}

/// A span of `tracing`, from before the stop of a cycle until after it.
#[derive(Debug)]
pub(super) struct CycleSpan {
    #[cfg(feature = "tracing")]
    entered: Option<tracing::span::EnteredSpan>,
}

impl CycleSpan {
    #[cfg_attr(not(feature = "tracing"), expect(unused_variables, reason = "only `tracing` is told"))]
    pub(super) fn enter(core: &Core) -> Self {
        #[cfg(feature = "tracing")]
        let entered = {
            let mut entered = None;
            tell(|| {
                let span = tracing::debug_span!(target: "gc", "cycle", heap = core.roots.describe());
                entered = Some(span.entered());
            });
            entered
        };
        Self {
            #[cfg(feature = "tracing")]
            entered,
        }
    }
}

#[cfg(feature = "tracing")]
impl Drop for CycleSpan {
    fn drop(&mut self) {
        tell(|| drop(self.entered.take()));
    }
}
