//! What models of how threads meet need: freed memory that is told from other, steps that are left out, runs.

use std::alloc::Layout;
use std::cell::{Cell, RefCell};

thread_local! {
    static LEFT_OUT: Cell<Option<&'static str>> = const { Cell::new(None) };
    /// What was freed in this run.
    static FREED: RefCell<Vec<(*mut u8, Layout)>> = const { RefCell::new(Vec::new()) };
}

/// # Safety
///
/// As for [`std::alloc::dealloc`].
pub(crate) unsafe fn dealloc(memory: *mut u8, layout: Layout) {
    FREED.with_borrow_mut(|freed| {
        assert!(freed.iter().all(|&(known, _)| known != memory), "memory is freed twice");
        freed.push((memory, layout));
    });
}

/// Gives memory back that runs have freed.
#[cfg(test)]
fn dealloc_freed() {
    for (memory, layout) in FREED.take() {
        // SAFETY: the duty of whoever freed it, and the run has ended.
        unsafe { std::alloc::dealloc(memory, layout) };
    }
}

pub(crate) fn is_left_out(step: &str) -> bool {
    LEFT_OUT.get() == Some(step)
}

/// Runs a model in which at most `preemptions` times a thread is interrupted where it need not be.
#[cfg(test)]
pub(crate) fn model(preemptions: usize, run: impl Fn() + Send + Sync + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(preemptions);
    builder.check(move || {
        dealloc_freed();
        run();
    });
}

/// Runs a model without a step that it does not need.
#[cfg(test)]
pub(crate) fn model_without(step: &'static str, preemptions: usize, run: impl Fn() + Send + Sync + 'static) {
    LEFT_OUT.set(Some(step));
    model(preemptions, run);
    LEFT_OUT.set(None);
}

/// Runs a model without a step, and asserts that it fails.
#[cfg(test)]
pub(crate) fn fails_without(
    step: &'static str,
    preemptions: usize,
    run: impl Fn() + Send + Sync + std::panic::UnwindSafe + 'static,
) {
    let outcome = std::panic::catch_unwind(|| model_without(step, preemptions, run));
    LEFT_OUT.set(None);
    assert!(outcome.is_err(), "the model does not need the step `{step}`");
}
