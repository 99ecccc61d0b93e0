//! Destructors of the program: run one by one, outside every lock and mutation, each caught.
//!
//! Whoever waits for them waits as long as they end one after the other, however many there are, and gives up when none
//! has ended for a while: it may be one that never does.

use std::time::Duration;

use super::callbacks::guard;
use super::service::{self, Service, Working};
use crate::callback::CallbackKind;
use crate::memory::DeadSlots;
use crate::mutator::{Callback, Core, Work, inside_any_mutation, may_collect};
use crate::sync::Arc;

/// How long whoever waits for destructors waits for one of them: so many times as long as a look takes. On a machine that
/// is busy the thread that runs them may have to wait for a processor, for as long as it pleases others; but then who
/// waits for it has to, too, before it looks again.
const LOOKS: u32 = 20;
const LOOK: Duration = Duration::from_millis(50);

/// Runs all destructors that are due and nobody has taken; returns how many.
pub(super) fn run_due(core: &Arc<Core>) -> u64 {
    let mut n = 0;
    // What is left when the heap closes is run by whoever closes it.
    while let Some(_working) = Working::begin(core)
        && let ran = run_batch(core, || core.memory.take_doomed(), |list| core.memory.bury(list))
        && ran > 0
    {
        n += ran;
    }
    n
}

/// Runs the destructors of the list that `take` gives, and then `done` with it; how many these were.
pub(super) fn run_batch(
    core: &Core,
    take: impl FnOnce() -> Option<DeadSlots>,
    done: impl FnOnce(DeadSlots),
) -> u64 {
    let batch = core.work.lock().dropping.begin();
    let mut ran = 0;
    if let Some(list) = take() {
        batch.found(list.len() as u64);
        let (drop, objects) = list.objects();
        for object in objects {
            // SAFETY: the object is dead, and the list is the only one that has it.
            let run = || _ = unsafe { drop(object) };
            guard(core, CallbackKind::Destructor, Callback::Destructor, run);
            ran += 1;
            batch.ran(ran);
        }
        done(list);
    }
    core.work.lock().dropping.end(&batch);
    core.work_changed.notify_all();
    ran
}

/// Waits until other threads have run the destructors that they are running now; how many objects are left if one of
/// them takes too long.
pub(super) fn wait_for_others(core: &Core) -> u64 {
    let now = core.work.lock().dropping.now();
    wait_while(core, |work| work.dropping.left_before(now));
    core.work.lock().dropping.left_before(now).unwrap_or(0)
}

/// Waits until all destructors that are due have run, as long as they end one after the other.
pub(super) fn wait_for_all(core: &Core) {
    wait_while(core, |work| (core.memory.counters.n_doomed() > 0).then(|| work.dropping.progress()));
}

/// Lets destructors catch up when the dead that wait for theirs take too much memory. Not if none has ended since that
/// was tried in vain.
pub(super) fn wait_for_room(core: &Core) {
    let is_in_vain = |work: &Work| work.in_vain == Some(work.dropping.progress());
    // Who is inside a mutation of another heap keeps that one waiting.
    let may_wait = may_collect() && inside_any_mutation().is_none() && !core.options.by_hand;
    if !may_wait || is_in_vain(&core.work.lock()) {
        return;
    }
    let are_run = |work: &Work| service::exists(work, Service::Destructors) || work.dropping.is_running();
    let progress =
        |work: &Work| (core.are_too_many_doomed() && are_run(work)).then(|| work.dropping.progress());
    if !wait_while(core, progress) {
        let mut work = core.work.lock();
        work.in_vain = Some(work.dropping.progress());
    }
}

/// Waits while `progress` gives a number, as long as that is not the same for a second; whether it gives none.
///
/// Whoever runs destructors and callbacks tells of each list that is done, and of the end of its work. Between these one
/// has to look.
pub(super) fn wait_while(core: &Core, progress: impl Fn(&Work) -> Option<u64>) -> bool {
    let (mut before, mut looks) = (None, 0);
    let mut work = core.work.lock();
    loop {
        match progress(&work) {
            None => return true,
            same if same == before && looks == LOOKS => return false,
            same if same == before => looks += 1,
            now => (before, looks) = (now, 1),
        }
        work = core.work_changed.wait_timeout_while(work, LOOK, |work| progress(work).is_some());
    }
}
