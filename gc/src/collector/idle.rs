//! Idle heaps: one that nobody enters for a while runs a cycle, gives memory back, and then does nothing any more.
//!
//! Without that a program which has worked and now waits would keep its last garbage for ever. As long as nothing worth
//! freeing was allocated there is no thread here. When that changes, the first mutator to leave has one started, which
//! looks now and then whether any thread was inside since. After its cycle it ends.

use std::time::{Duration, Instant};

use super::service::Working;
use super::trim::trim_all;
use super::{coordinator, destructors};
use crate::mutator::Core;
use crate::os::trim_allocator;
use crate::sync::Arc;

/// How often it looks until the heap counts as idle: so that much later than it should be it is noticed at most.
const LOOKS: u32 = 4;

/// Waits until the heap is idle, and tidies up then; or until it is closed, or a cycle has left nothing to do here.
pub(super) fn watch(core: &Arc<Core>) {
    let Some(limit) = core.options.idle_after else {
        return;
    };
    let (mut seen, mut since) = (None, Instant::now());
    while core.is_worth_watching() {
        let passages = core.gate.passages();
        if passages.is_none() || passages != seen {
            (seen, since) = (passages, Instant::now());
        } else if since.elapsed() >= limit {
            return tidy(core);
        }
        let left = limit.saturating_sub(since.elapsed()).max(Duration::from_millis(1));
        let look = (limit / LOOKS).clamp(Duration::from_millis(1), left);
        // Ended by time, or by who drops the last handle.
        let work = core.work.lock();
        drop(core.work_changed.wait_timeout_while(work, look, |_| !core.is_closed()));
        if core.is_closed() {
            return;
        }
    }
}

/// Frees what is garbage and gives back what is free.
fn tidy(core: &Arc<Core>) {
    core.pacer.make_due();
    coordinator::work(core);
    if !core.options.by_hand {
        destructors::wait_for_all(core);
    }
    if let Some(_working) = Working::begin(core) {
        trim_all(core);
        // What dead objects owned was freed by this cycle, too.
        trim_allocator();
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use core::panic::Location;

    use crate::mutator::{Core, Entry, Inside, record_of_this_thread};
    use crate::options::Options;

    /// By a thread that stays, and by one that comes and goes between two looks.
    #[test]
    fn every_mutation_is_seen() {
        let core = Core::new(Options::default());
        let enter_and_leave = || {
            let inside = Inside::enter(record_of_this_thread(&core), Entry::Own, Location::caller());
            assert_eq!(core.gate.passages(), None, "a thread is inside");
            inside.leave();
        };
        let mut seen = vec![core.gate.passages()];
        for _ in 0..3 {
            enter_and_leave();
            seen.push(core.gate.passages());
            std::thread::scope(|scope| scope.spawn(enter_and_leave).join().unwrap());
            seen.push(core.gate.passages());
        }
        let n = seen.len();
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen.len(), n, "no look is like another");
        assert!(seen.iter().all(Option::is_some));
    }
}
