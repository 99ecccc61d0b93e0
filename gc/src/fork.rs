//! What a heap has to know of `fork`: whether this process is a child that lacks threads which its parent had.
//!
//! A child has one thread, the one that forked, and a copy of all memory as it was at that moment. If the parent had one
//! thread, too, nothing is missing. Otherwise a thread that the child lacks may have been inside a mutation, where it
//! stays for ever, or half-way through a change under a lock; so nothing can be done with the parent's heaps but to read
//! objects that one has, and each way in says so. A heap that is made in the child has nothing to do with that.
//!
//! It costs nothing where no slow path is taken: the child marks what its thread looks at when it enters and leaves.

use std::panic::Location;
use std::sync::atomic::{AtomicU32, Ordering};

/// How often this process, or one that it was forked from, has lost threads. Changed only where there is one thread;
/// so relaxed here and below.
static LOSSES: AtomicU32 = AtomicU32::new(0);

/// See the module.
#[inline]
pub(crate) fn losses() -> u32 {
    LOSSES.load(Ordering::Relaxed)
}

/// Tells the program that it uses a heap of the parent.
#[cold]
#[inline(never)]
pub(crate) fn refuse(used: &'static Location<'static>) -> ! {
    panic!(
        "{used}: a heap is used that was made before this process was forked off: its other threads do not exist here, and \
         may have left it half-way through a change. Make a heap of its own for the child, fork while there is only one \
         thread, or start another program"
    )
}

/// Has `lose` called in a child that lacks threads, by its only thread, before `fork` returns. To be called before there
/// is a heap.
pub(crate) fn prepare(lose: fn()) {
    system::prepare(lose);
}

#[cfg(all(unix, not(loom)))]
mod system {
    use std::sync::atomic::{AtomicBool, Ordering};

    use crate::fork::LOSSES;
    use crate::per_process::PerProcess;

    /// Made when the handlers are there, before there is a heap.
    static LOSE: PerProcess<fn()> = PerProcess::new();
    /// Whether the thread that is about to fork is the only one. Written before each `fork`: if threads do that at the
    /// same time they agree.
    static ALONE: AtomicBool = AtomicBool::new(false);

    pub(super) fn prepare(lose: fn()) {
        // They may be there twice, which does no harm: threads are lost twice then.
        LOSE.get_or_make(|| {
            // SAFETY: the two functions may be called at any time. Memory for their entry may be missing: then forks go
            // unnoticed, as where there are no such handlers.
            unsafe { libc::pthread_atfork(Some(before), None, Some(in_child)) };
            lose
        });
    }

    extern "C" fn before() {
        ALONE.store(is_alone(), Ordering::Relaxed);
    }

    extern "C" fn in_child() {
        if ALONE.load(Ordering::Relaxed) {
            return;
        }
        LOSSES.fetch_add(1, Ordering::Relaxed);
        if let Some(lose) = LOSE.get() {
            lose();
        }
    }

    /// Whether the process has one thread, as far as that can be known: a folder has a link for itself, one for its name,
    /// and one for each folder in it, of which there is one for each thread.
    #[cfg(target_os = "linux")]
    fn is_alone() -> bool {
        use std::os::unix::fs::MetadataExt;
        std::fs::metadata("/proc/self/task").is_ok_and(|threads| threads.nlink() == 3)
    }

    #[cfg(not(target_os = "linux"))]
    fn is_alone() -> bool {
        false
    }
}

#[cfg(not(all(unix, not(loom))))]
mod system {
    pub(super) fn prepare(_lose: fn()) {}
}
