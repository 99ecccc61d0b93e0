//! Models of the lock: writers and readers that wait for each other, who is woken, and who is kept out. Each runs with
//! threads that lose patience at once, and with such that never do.

use loom::cell::UnsafeCell;
use loom::thread;

use super::{Mode, RawLock};
use crate::sync::Arc;
use crate::sync::models::{fails_without, model, model_without};

/// Contents under a lock.
#[derive(Debug)]
struct Locked {
    lock: RawLock,
    contents: UnsafeCell<u32>,
}

// SAFETY: what the lock is there for; the model finds out if it is not so.
unsafe impl Sync for Locked {}
// SAFETY: as above.
unsafe impl Send for Locked {}

impl Locked {
    fn new() -> Arc<Self> {
        Arc::new(Self { lock: RawLock::new(), contents: UnsafeCell::new(0) })
    }

    fn take(&self, mode: Mode) {
        if !self.lock.try_lock(mode) {
            self.lock.lock_slow(mode);
        }
    }

    fn write(&self) {
        self.take(Mode::Exclusive);
        // SAFETY: the model finds out if another thread uses it.
        self.contents.with_mut(|contents| unsafe { *contents += 1 });
        self.lock.unlock(Mode::Exclusive);
    }

    fn read(&self) -> u32 {
        self.take(Mode::Shared);
        // SAFETY: the model finds out if another thread writes it.
        let read = self.contents.with(|contents| unsafe { *contents });
        self.lock.unlock(Mode::Shared);
        read
    }

    /// Waits until all threads that queue sleep, and one does.
    fn wait_for_sleepers(&self) {
        while !self.lock.has_sleepers() {
            // Ended by the other thread, which cannot have the lock.
            thread::yield_now();
        }
    }

    /// After all others have ended: nobody queues, and nobody is kept out.
    fn assert_written(&self, times: u32) {
        assert!(self.lock.is_unused());
        assert_eq!(self.read(), times);
    }
}

/// Starts a thread that does something with the contents.
fn start(locked: &Arc<Locked>, run: fn(&Locked)) -> thread::JoinHandle<()> {
    let locked = Arc::clone(locked);
    thread::spawn(move || run(&locked))
}

/// Runs a model with threads that lose patience at once, and with such that never do.
fn with_and_without_patience(preemptions: usize, run: fn()) {
    model(preemptions, run);
    model_without("losing patience", preemptions, run);
}

fn two_writers() {
    let locked = Locked::new();
    let other = start(&locked, |locked| (0..2).for_each(|_| locked.write()));
    locked.write();
    other.join().unwrap();
    locked.assert_written(3);
}

fn writers_and_a_reader() {
    let locked = Locked::new();
    let reader = start(&locked, |locked| assert!(locked.read() <= 2));
    let writer = start(&locked, Locked::write);
    locked.write();
    reader.join().unwrap();
    writer.join().unwrap();
    locked.assert_written(2);
}

fn a_writer_and_readers() {
    let locked = Locked::new();
    let readers = [0; 2].map(|_| start(&locked, |locked| assert!(locked.read() <= 1)));
    locked.write();
    readers.into_iter().for_each(|reader| reader.join().unwrap());
    locked.assert_written(1);
}

/// Two readers wait for a writer, and neither gives the lock up.
fn readers_that_stay() {
    let locked = Locked::new();
    locked.take(Mode::Exclusive);
    let readers = [0; 2].map(|_| start(&locked, |locked| locked.take(Mode::Shared)));
    locked.lock.unlock(Mode::Exclusive);
    readers.into_iter().for_each(|reader| reader.join().unwrap());
    assert_eq!(locked.lock.holder(), Some(Mode::Shared));
}

/// A writer sleeps while a reader reads: nobody reads before it writes.
fn a_writer_behind_a_reader() {
    let locked = Locked::new();
    locked.take(Mode::Shared);
    let writer = start(&locked, Locked::write);
    locked.wait_for_sleepers();
    assert!(!locked.lock.try_lock(Mode::Shared), "a later reader");
    assert!(locked.lock.try_lock_shared_again(), "a reader that reads again");
    locked.lock.unlock(Mode::Shared);
    locked.lock.unlock(Mode::Shared);
    assert_eq!(locked.read(), 1, "the writer was first");
    writer.join().unwrap();
    locked.assert_written(1);
}

/// A writer sleeps, for long, while another writes, which comes back at once: it was first.
fn a_writer_behind_a_writer() {
    let locked = Locked::new();
    locked.take(Mode::Exclusive);
    let other = start(&locked, Locked::write);
    locked.wait_for_sleepers();
    locked.lock.unlock(Mode::Exclusive);
    assert_eq!(locked.read(), 1, "the other was first");
    other.join().unwrap();
    locked.assert_written(1);
}

/// As above, with a reader.
fn a_reader_behind_a_writer() {
    let locked = Locked::new();
    locked.take(Mode::Exclusive);
    let other = start(&locked, |locked| assert_eq!(locked.read(), 0, "it was first"));
    locked.wait_for_sleepers();
    locked.lock.unlock(Mode::Exclusive);
    locked.write();
    other.join().unwrap();
    locked.assert_written(1);
}

#[test]
fn writers_wait_for_each_other() {
    with_and_without_patience(5, two_writers);
}

#[test]
fn writers_and_readers_wait_for_each_other() {
    with_and_without_patience(3, writers_and_a_reader);
    with_and_without_patience(2, a_writer_and_readers);
}

#[test]
fn readers_wait_only_for_writers() {
    with_and_without_patience(3, readers_that_stay);
}

#[test]
fn a_writer_keeps_later_readers_out() {
    with_and_without_patience(5, a_writer_behind_a_reader);
}

#[test]
fn who_has_waited_for_long_is_next() {
    model(5, a_writer_behind_a_writer);
    model(5, a_reader_behind_a_writer);
}

#[test]
fn who_leaves_a_lock_free_has_to_wake_the_first() {
    fails_without("waking the first", 3, two_writers);
}

#[test]
fn who_falls_asleep_has_to_tell() {
    fails_without("telling that one sleeps", 3, two_writers);
}

#[test]
fn what_was_done_under_the_lock_has_to_be_published() {
    fails_without("publishing what was done", 3, two_writers);
}

#[test]
fn a_reader_has_to_wake_the_next_one() {
    fails_without("waking the next reader", 2, readers_that_stay);
}

#[test]
fn the_door_has_to_be_closed_for_who_waits() {
    fails_without("closing the door", 3, a_writer_behind_a_reader);
    for run in [a_writer_behind_a_writer, a_reader_behind_a_writer] {
        fails_without("closing the door", 3, run);
        fails_without("losing patience", 3, run);
    }
}
