//! Panics that a test expects: what they say, and where. One hook for all tests, which run beside each other.

use std::cell::{Cell, RefCell};
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::sync::Once;

thread_local! {
    /// File and line of this thread's last panic.
    static PLACE: RefCell<Option<(String, u32)>> = const { RefCell::new(None) };
    /// Whether its panics are not worth printing.
    static QUIET: Cell<bool> = const { Cell::new(false) };
}

fn install_hook() {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let others = take_hook();
        set_hook(Box::new(move |info| {
            let place = info.location().map(|at| (at.file().to_owned(), at.line()));
            let _ = PLACE.try_with(|last| last.replace(place));
            if !QUIET.try_with(Cell::get).unwrap_or(false) {
                others(info);
            }
        }));
    });
}

/// The message of the panic that `run` must end with.
///
/// # Panics
///
/// It does not panic, or with something that is no message.
#[track_caller]
pub fn panic_of<R>(run: impl FnOnce() -> R) -> String {
    let outcome = catch_unwind(AssertUnwindSafe(run));
    let Err(payload) = outcome else { panic!("it did not panic") };
    let text = payload.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| payload.downcast_ref::<String>().cloned()).expect("a panic with a message")
}

/// File and line of the panic that `run` must end with, as the program is told them.
///
/// # Panics
///
/// It does not panic.
#[track_caller]
pub fn panic_place<R>(run: impl FnOnce() -> R) -> (String, u32) {
    install_hook();
    panic_of(run);
    PLACE.take().expect("the hook has seen the panic")
}

/// Whether panics of this thread are not printed.
pub(crate) fn is_quiet() -> bool {
    QUIET.get()
}

/// Runs `run` without printing panics of this thread.
pub fn quietly<R>(quiet: bool, run: impl FnOnce() -> R) -> R {
    install_hook();
    let before = QUIET.replace(quiet);
    let result = run();
    QUIET.set(before);
    result
}
