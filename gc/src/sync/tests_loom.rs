//! Models of the lock that is ours.

use loom::cell::UnsafeCell;
use loom::thread;

use super::models::{fails_without, model};
use super::{Arc, BriefMutex, Rank};

/// Two threads change what a lock guards.
fn turns() {
    let lock = Arc::new(BriefMutex::new(Rank::Records, UnsafeCell::new(0)));
    let add = |lock: &BriefMutex<UnsafeCell<u32>>| {
        lock.lock().with_mut(|value| {
            // SAFETY: the lock is held, which the cell checks.
            unsafe { *value += 1 }
        });
    };
    let other = Arc::clone(&lock);
    let thread = thread::spawn(move || add(&other));
    add(&lock);
    thread.join().expect("it adds one");
    lock.lock().with(|value| {
        // SAFETY: as above.
        assert_eq!(unsafe { *value }, 2);
    });
}

#[test]
fn threads_take_turns() {
    model(3, turns);
    fails_without("acquire of a brief mutex", 3, turns);
    fails_without("release of a brief mutex", 3, turns);
}
