//! Locks in objects and elsewhere.

use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::time::Duration;

use gc::{Gc, GcRwLock, Heap};
use tests::panic_of;
use tests::watchdog::watched;

/// A leaked guard must not open a later lock at the same address.
#[test]
fn a_leaked_guard_says_nothing_of_the_next_lock_there() {
    let (ours, theirs) = (Heap::new(), Heap::new());
    ours.mutate(|mc| {
        let mut lock = GcRwLock::new(0_u64);
        std::mem::forget(lock.read(mc));
        assert!(lock.try_write(mc).is_none());
        lock = GcRwLock::new(0);
        let (writing, written) = (AtomicBool::new(false), AtomicBool::new(false));
        std::thread::scope(|scope| {
            scope.spawn(|| {
                theirs.mutate(|mc| {
                    let mut value = lock.write(mc);
                    writing.store(true, SeqCst);
                    std::thread::sleep(Duration::from_millis(50));
                    *value += 1;
                    written.store(true, SeqCst);
                });
            });
            while !writing.load(SeqCst) {
                std::thread::yield_now();
            }
            let value = lock.read(mc);
            assert!(written.load(SeqCst), "a reader beside a writer");
            assert_eq!(*value, 1);
        });
    });
}

#[test]
fn a_reader_may_read_again_while_a_writer_waits() {
    let heap = Heap::new();
    heap.mutate(|mc| {
        let lock = Gc::new(mc, GcRwLock::new(0_u64));
        let first = lock.read(mc);
        std::thread::scope(|scope| {
            scope.spawn(|| heap.mutate(|mc| *lock.write(mc) += 1));
            std::thread::sleep(Duration::from_millis(20));
            let again = lock.read(mc);
            assert_eq!((*first, *again), (0, 0));
            drop((again, first));
        });
        assert_eq!(*lock.read(mc), 1);
    });
}

/// Nor hide that the thread would wait for itself, for the one or the other.
#[test]
fn a_thread_that_would_wait_for_itself_is_told_in_spite_of_leaked_guards() {
    watched("a thread that waits for itself", || {
        Heap::new().mutate(|mc| {
            let mut lock = GcRwLock::new(0_u64);
            std::mem::forget(lock.write(mc));
            let leaked = panic_of(|| *lock.read(mc));
            assert!(leaked.contains("already holds the lock for writing"), "{leaked}");
            // Moved, it is the same lock.
            let moved = [lock];
            assert!(panic_of(|| *moved[0].write(mc)).contains("for writing"));
            lock = GcRwLock::new(0);
            let first = lock.read(mc);
            let waits = panic_of(|| *lock.write(mc) = 1);
            assert!(waits.contains("already holds the lock for reading"), "{waits}");
            drop(first);
            *lock.write(mc) = 1;
            std::mem::forget(lock.read(mc));
            assert!(panic_of(|| *lock.write(mc) = 2).contains("for reading"));
        });
    });
}

/// Nor accuse a thread that would not wait for itself.
#[test]
fn a_leaked_guard_makes_no_thread_that_waits_for_another_panic() {
    watched("a thread that waits for another", || {
        let (ours, theirs) = (Heap::new(), Heap::new());
        ours.mutate(|mc| {
            let mut lock = GcRwLock::new(0_u64);
            std::mem::forget(lock.read(mc));
            lock = GcRwLock::new(0);
            let reading = AtomicBool::new(false);
            std::thread::scope(|scope| {
                scope.spawn(|| {
                    theirs.mutate(|mc| {
                        let value = lock.read(mc);
                        reading.store(true, SeqCst);
                        std::thread::sleep(Duration::from_millis(50));
                        assert_eq!(*value, 0, "a writer beside a reader");
                    });
                });
                while !reading.load(SeqCst) {
                    std::thread::yield_now();
                }
                *lock.write(mc) += 1;
            });
            assert_eq!(*lock.read(mc), 1);
        });
    });
}
