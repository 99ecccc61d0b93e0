//! Values that let other threads go first while they are compared: in the middle of a search, and between the search and
//! what is done with its result. So threads meet there also where there are few processors.

use std::cell::Cell;
use std::cmp::Ordering;
use std::thread;

use gc::Trace;

/// A number that hesitates.
#[derive(Clone, Copy, Debug, Trace)]
pub(super) struct Hesitant(pub(super) usize);

/// Comparisons of a thread between which it goes on at once.
const AT_ONCE: u32 = 37;

fn hesitate() {
    thread_local! {
        static COMPARED: Cell<u32> = const { Cell::new(0) };
    }
    let compared = COMPARED.get().wrapping_add(1);
    COMPARED.set(compared);
    if compared.is_multiple_of(AT_ONCE) {
        thread::yield_now();
    }
}

impl PartialEq for Hesitant {
    fn eq(&self, other: &Self) -> bool {
        hesitate();
        self.0 == other.0
    }
}

impl Eq for Hesitant {}

impl PartialOrd for Hesitant {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Hesitant {
    fn cmp(&self, other: &Self) -> Ordering {
        hesitate();
        self.0.cmp(&other.0)
    }
}
