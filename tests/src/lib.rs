//! What tests share.
#![deny(unsafe_code)]

use std::cell::RefCell;
use std::sync::Once;

use gc::{Heap, HeapBuilder};

pub mod canary;
pub mod crowd;
pub mod kinds;
pub mod lockers;
#[cfg(doctest)]
mod pages;
pub mod process;
pub mod programs;
pub mod rows;
pub mod shapes;
pub mod watchdog;

/// How often a test repeats what it does: fewer times where every safepoint is a whole cycle.
pub fn rounds(n: usize) -> usize {
    if cfg!(gc_zeal) { (n / 100).clamp(1, 200) } else { n }
}

/// Options of a heap that collects when it is asked to; in the zeal build at every safepoint, too. For tests that say
/// what lives, whatever was collected when; a heap that is not `automatic` collects when asked in every build.
pub fn on_request() -> HeapBuilder {
    Heap::builder().automatic(cfg!(gc_zeal))
}

/// The message of the panic that `run` must end with.
///
/// # Panics
///
/// It does not panic, or with something that is no message.
#[track_caller]
pub fn panic_of<R>(run: impl FnOnce() -> R) -> String {
    let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(run));
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
    static HOOK: Once = Once::new();
    thread_local! {
        static PLACE: RefCell<Option<(String, u32)>> = const { RefCell::new(None) };
    }
    HOOK.call_once(|| {
        let others = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            let place = info.location().map(|at| (at.file().to_owned(), at.line()));
            let _ = PLACE.try_with(|last| last.replace(place));
            others(info);
        }));
    });
    panic_of(run);
    PLACE.take().expect("the hook has seen the panic")
}
