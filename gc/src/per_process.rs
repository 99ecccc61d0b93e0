//! What there is one of in a process, made when it is first needed.
//!
//! Nobody waits for who makes it: in a child that was forked off meanwhile that thread does not exist. Threads that come at
//! the same time make one each, of which one stays. A child has its parent's: what a mutation in which the process forks
//! goes on with must be what others use (the numbers of mutators, which cells hold). Whether a lock in it was held by a
//! thread that is lost is the lock's to say.

use std::ptr::null_mut;
use std::sync::atomic::{AtomicPtr, Ordering};

/// A place in a `static`.
#[derive(Debug)]
pub(crate) struct PerProcess<T: 'static> {
    /// Null, or a box that is never freed.
    made: AtomicPtr<T>,
}

impl<T: Send + Sync> PerProcess<T> {
    pub(crate) const fn new() -> Self {
        Self { made: AtomicPtr::new(null_mut()) }
    }

    /// What is there, or what `make` makes. That may be called by several threads, and what it makes dropped again.
    pub(crate) fn get_or_make(&self, make: impl FnOnce() -> T) -> &'static T {
        if let Some(made) = self.get() {
            return made;
        }
        let made = Box::into_raw(Box::new(make()));
        // Release: pairs with the acquire in `get`, and with this one.
        match self.made.compare_exchange(null_mut(), made, Ordering::AcqRel, Ordering::Acquire) {
            // SAFETY: never freed from now on.
            Ok(_) => unsafe { &*made },
            Err(other) => {
                // SAFETY: nobody else has seen it.
                drop(unsafe { Box::from_raw(made) });
                // SAFETY: what is in the place is never freed.
                unsafe { &*other }
            }
        }
    }

    /// What is there.
    pub(crate) fn get(&self) -> Option<&'static T> {
        // Acquire: pairs with the release in `get_or_make`.
        let made = self.made.load(Ordering::Acquire);
        // SAFETY: what is in the place is never freed.
        unsafe { made.as_ref() }
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use std::sync::Barrier;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::PerProcess;

    #[test]
    fn all_threads_have_the_same() {
        static DROPPED: AtomicUsize = AtomicUsize::new(0);
        struct Counted(usize);
        impl Drop for Counted {
            fn drop(&mut self) {
                DROPPED.fetch_add(1, Ordering::Relaxed);
            }
        }
        static PLACE: PerProcess<Counted> = PerProcess::new();
        let (made, together) = (AtomicUsize::new(0), Barrier::new(8));
        let found: Vec<usize> = std::thread::scope(|scope| {
            let one = |number| {
                together.wait();
                let counted = PLACE.get_or_make(|| {
                    made.fetch_add(1, Ordering::Relaxed);
                    // All that begin to make one meet.
                    std::thread::yield_now();
                    Counted(number)
                });
                counted.0
            };
            let threads: Vec<_> = (0..8).map(|number| scope.spawn(move || one(number))).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert!(found.iter().all(|&number| number == found[0]), "{found:?}");
        assert_eq!(DROPPED.load(Ordering::Relaxed) + 1, made.load(Ordering::Relaxed));
    }

    /// The thread that makes it is lost: nobody waits for it.
    #[cfg(unix)]
    #[test]
    fn a_child_that_was_forked_off_meanwhile_makes_its_own() {
        use std::sync::mpsc::channel;

        static PLACE: PerProcess<&str> = PerProcess::new();
        let (begun, has_begun) = channel();
        let (end, may_end) = channel::<()>();
        std::thread::scope(|scope| {
            scope.spawn(move || {
                PLACE.get_or_make(|| {
                    begun.send(()).unwrap();
                    may_end.recv().unwrap();
                    "the parent's"
                });
            });
            has_begun.recv().unwrap();
            // SAFETY: the child does nothing but what is tested, and ends.
            let child = match unsafe { libc::fork() } {
                0 => {
                    // SAFETY: it has no duties.
                    unsafe { libc::alarm(10) };
                    let made = *PLACE.get_or_make(|| "the child's");
                    // SAFETY: it has no duties.
                    unsafe { libc::_exit(i32::from(made != "the child's")) }
                }
                child => child,
            };
            let mut status = -1;
            // SAFETY: the status may be written.
            let ended = unsafe { libc::waitpid(child, &raw mut status, 0) };
            end.send(()).unwrap();
            assert_eq!((ended, status), (child, 0), "the child waited until it was ended, or found another");
        });
        assert_eq!(*PLACE.get_or_make(|| "made again"), "the parent's");
    }
}
