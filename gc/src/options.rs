//! What a program may tune.

use core::fmt;
use std::time::Duration;

use crate::callback::CallbackPanic;
use crate::log::{self, LogFormat};
use crate::pin_report::PinsLeft;
use crate::stall::Stall;
use crate::stats::CycleStats;
use crate::sync::Arc;
use crate::zeal::{self, ZEAL};

/// How a heap behaves; see [`HeapBuilder`](crate::HeapBuilder), which documents each.
#[derive(Clone, Debug)]
pub(crate) struct Options {
    /// Name in messages.
    pub(crate) name: Option<String>,
    /// Bytes of pages that may be in use.
    pub(crate) limit_bytes: usize,
    /// Bytes that pacing keeps below if it can.
    pub(crate) soft_limit_bytes: usize,
    /// Growth over the live bytes, in percent, at which the next cycle starts; `None` for what is worth the memory.
    pub(crate) growth_percent: Option<u32>,
    /// Bytes below which no cycle starts by itself.
    pub(crate) min_heap_bytes: usize,
    /// Whether cycles start by themselves.
    pub(crate) automatic: bool,
    /// How long nobody enters before a cycle runs and memory is given back; `None` for never.
    pub(crate) idle_after: Option<Duration>,
    /// Bytes of stack that each of the heap's own threads has.
    pub(crate) stack_bytes: usize,
    /// Whether types are told apart and places of roots noted, for reports.
    pub(crate) diagnose: bool,
    /// Whether the program runs what is due itself.
    pub(crate) by_hand: bool,
    /// See [`in_slices`](Self::in_slices).
    pub(crate) slices: bool,
    /// How each cycle is logged, if it is.
    pub(crate) log: Option<LogFormat>,
    /// Is told of panics of destructors, finalizers and cleanups.
    pub(crate) on_panic: Option<PanicHook>,
    /// Is told of threads that keep a collection waiting.
    pub(crate) on_stall: Option<StallHook>,
    /// Is told of each cycle.
    pub(crate) on_cycle: Option<CycleHook>,
    /// Is told of pins that are left when the last handle is gone.
    pub(crate) on_pins_left: Option<PinsHook>,
    /// Mean of bytes between two samples of the profile; zero for none.
    #[cfg(feature = "profile")]
    pub(crate) profile_rate: usize,
    /// The most threads that mark; zero for as many as there are.
    #[cfg(feature = "parallel")]
    pub(crate) mark_threads: usize,
    /// Whose threads help to mark, if not those of the process-wide pool.
    #[cfg(feature = "parallel")]
    pub(crate) mark_pool: Option<Arc<rayon::ThreadPool>>,
}

impl Options {
    /// Whether the heap does something when it falls idle.
    pub(crate) fn watched(&self) -> bool {
        self.automatic && self.idle_after.is_some()
    }

    /// Whether cycles mark in slices, with mutations between them.
    pub(crate) fn in_slices(&self) -> bool {
        ZEAL && self.slices
    }
}

/// What a program does when a callback of its own has panicked.
#[derive(Clone)]
pub(crate) struct PanicHook(pub(crate) Arc<dyn Fn(&CallbackPanic<'_>) + Send + Sync>);

impl fmt::Debug for PanicHook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PanicHook")
    }
}

/// What a program does when a collection has to wait.
#[derive(Clone)]
pub(crate) struct StallHook(pub(crate) Arc<dyn Fn(&Stall) + Send + Sync>);

impl fmt::Debug for StallHook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StallHook")
    }
}

/// What a program does after a cycle.
#[derive(Clone)]
pub(crate) struct CycleHook(pub(crate) Arc<dyn Fn(&CycleStats) + Send + Sync>);

impl fmt::Debug for CycleHook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CycleHook")
    }
}

/// What a program does when pins outlive a heap's handles.
#[derive(Clone)]
pub(crate) struct PinsHook(pub(crate) Arc<dyn Fn(&PinsLeft) + Send + Sync>);

impl fmt::Debug for PinsHook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PinsHook")
    }
}

impl Default for Options {
    fn default() -> Self {
        Self {
            name: None,
            limit_bytes: usize::MAX,
            soft_limit_bytes: usize::MAX,
            growth_percent: None,
            min_heap_bytes: 4 << 20,
            automatic: true,
            idle_after: Some(Duration::from_secs(5)),
            stack_bytes: 8 << 20,
            diagnose: false,
            by_hand: false,
            slices: zeal::in_slices(),
            log: log::of_environment(),
            on_pins_left: None,
            #[cfg(feature = "profile")]
            profile_rate: 0,
            on_panic: None,
            on_stall: None,
            on_cycle: None,
            #[cfg(feature = "parallel")]
            mark_threads: 0,
            #[cfg(feature = "parallel")]
            mark_pool: None,
        }
    }
}
