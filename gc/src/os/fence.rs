//! A pair of fences of which the frequent side pays nothing where the system can pay for both.
//!
//! Two threads that each write a word and then read the other's have to fence between the two, or both may miss
//! what the other wrote. When one side comes often and the other hardly ever, Linux can have the rare side fence
//! for all threads of the process (`membarrier`): then [`light`] only keeps the compiler from reordering. Where
//! that cannot be had, and in models, both are ordinary fences.
//!
//! (The pair behaves as two `SeqCst` fences do. seize and the folly library use it so.)

use crate::sync::{Ordering, fence, is_left_out};

#[cfg(all(target_os = "linux", not(loom)))]
mod system {
    use std::sync::atomic::Ordering;

    use crate::per_process::PerProcess;
    use crate::sync::fixed::AtomicBool;
    use rustix::thread::{MembarrierCommand, membarrier};

    /// Whether the kernel fences for all threads. Written before the first heavy fence, by [`prepare`].
    static FENCES_FOR_ALL: AtomicBool = AtomicBool::new(false);

    /// Relaxed: a thread that has called `prepare`, or took a lock after one that had, sees it; and who does not
    /// see it fences by itself, which is never wrong.
    #[inline]
    pub(super) fn fences_for_all() -> bool {
        FENCES_FOR_ALL.load(Ordering::Relaxed)
    }

    pub(super) fn prepare() {
        static PREPARED: PerProcess<()> = PerProcess::new();
        PREPARED.get_or_make(|| {
            let registered = membarrier(MembarrierCommand::RegisterPrivateExpedited).is_ok();
            // Never taken back by who comes at the same time: others may rely on it already.
            if registered && fence_all() {
                FENCES_FOR_ALL.store(true, Ordering::Relaxed);
            }
        });
    }

    /// Fences on behalf of every thread of the process; false if the kernel refuses.
    pub(super) fn fence_all() -> bool {
        membarrier(MembarrierCommand::PrivateExpedited).is_ok()
    }
}

#[cfg(not(all(target_os = "linux", not(loom))))]
mod system {
    #[inline]
    pub(super) fn fences_for_all() -> bool {
        false
    }

    pub(super) fn prepare() {}

    pub(super) fn fence_all() -> bool {
        true
    }
}

/// To be called before the first use of the other two.
pub(crate) fn prepare() {
    system::prepare();
}

/// The frequent side. Pairs with [`heavy`].
#[inline(always)]
pub(crate) fn light() {
    if is_left_out("light fence") {
        return;
    }
    if system::fences_for_all() {
        core::sync::atomic::compiler_fence(Ordering::SeqCst);
    } else {
        fence(Ordering::SeqCst);
    }
}

/// Whether the frequent side is free. Stays so once it is.
pub(crate) fn is_free() -> bool {
    cfg!(loom) || system::fences_for_all()
}

/// The frequent side of who has found that it [is free](is_free). Pairs with [`heavy`].
#[inline(always)]
pub(crate) fn free() {
    if is_left_out("light fence") {
        return;
    }
    if cfg!(loom) {
        fence(Ordering::SeqCst);
    } else {
        core::sync::atomic::compiler_fence(Ordering::SeqCst);
    }
}

/// The rare side: a system call of some hundred nanoseconds to a few microseconds. Pairs with [`light`].
pub(crate) fn heavy() {
    if is_left_out("heavy fence") {
        return;
    }
    fence(Ordering::SeqCst);
    if system::fences_for_all() && !system::fence_all() {
        // A process made by `fork` may have to ask again; the other side relies on it by now.
        crate::zeal::fault("the kernel refuses `membarrier`, which it granted before");
    }
}
