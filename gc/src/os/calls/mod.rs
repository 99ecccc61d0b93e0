//! The calls that the current thread is in, as the addresses to which they return.
//!
//! A profile asks for them at each sample. The system's unwinder reads for each frame, each time, how to get to the one
//! that has called it, which takes a quarter of a microsecond. Where [`fast`] knows the platform it remembers that for
//! each address. The system's remains for what it does not know: other platforms, code that no loaded object describes,
//! stacks that are not the thread's own (of coroutines), and the end of a thread, when its thread-locals are gone.
//!
//! # Forks
//!
//! Both ask the loader which objects there are, under a lock of its own, which a child finds as it was at the fork. So there
//! is a lock around that, which a fork takes first.

use std::sync::LazyLock;

use crate::sync::{BriefMutex, Rank};

#[cfg(all(target_os = "linux", target_arch = "x86_64", target_env = "gnu"))]
mod fast;
#[cfg(all(target_os = "linux", target_arch = "x86_64", target_env = "gnu"))]
mod objects;
#[cfg(all(test, not(loom), target_os = "linux", target_arch = "x86_64", target_env = "gnu"))]
mod tests;

/// Held by who asks the loader.
static LOADER: LazyLock<BriefMutex<()>> = LazyLock::new(|| {
    #[cfg(unix)]
    // SAFETY: the functions may be called at any time. Memory for their entry may be missing: then a child may wait for ever,
    // as it may without them.
    unsafe {
        libc::pthread_atfork(Some(before_fork), Some(after_fork), Some(after_fork));
    }
    BriefMutex::new(Rank::Loader, ())
});

#[cfg(unix)]
extern "C" fn before_fork() {
    core::mem::forget(LOADER.lock());
}

#[cfg(unix)]
extern "C" fn after_fork() {
    // SAFETY: the thread that forks has it since `before_fork`, and so has its copy in the child.
    drop(unsafe { LOADER.guard() });
}

/// Writes the addresses, innermost first, the first of them in this crate; so many as there is room for. Says how many.
pub(crate) fn return_addresses(room: &mut [usize]) -> usize {
    #[cfg(all(target_os = "linux", target_arch = "x86_64", target_env = "gnu"))]
    if let Some(n) = fast::return_addresses(room) {
        return n;
    }
    by_the_system(room)
}

fn by_the_system(room: &mut [usize]) -> usize {
    let mut n = 0;
    let _loader = LOADER.lock();
    backtrace::trace(|frame| {
        // The outermost one of a thread has none.
        if let (address @ 1.., Some(place)) = (frame.ip().addr(), room.get_mut(n)) {
            *place = address;
            n += 1;
        }
        n < room.len()
    });
    n
}
