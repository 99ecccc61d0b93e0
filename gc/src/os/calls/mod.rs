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
//! is a lock around that, which a fork takes first. What other code of the program asks the loader at that moment is out of
//! reach.

#[cfg(unix)]
use core::cell::Cell;

#[cfg(unix)]
use crate::per_process::PerProcess;
use crate::sync::{BriefMutex, BriefMutexGuard, Rank};

#[cfg(all(target_os = "linux", target_arch = "x86_64", target_env = "gnu"))]
mod fast;
#[cfg(all(target_os = "linux", target_arch = "x86_64", target_env = "gnu"))]
mod objects;
#[cfg(all(test, not(loom), target_os = "linux", target_arch = "x86_64", target_env = "gnu"))]
mod tests;

/// Held by who asks the loader.
static LOADER: BriefMutex<()> = BriefMutex::new(Rank::Loader, ());

/// Takes the lock around the loader's. Whoever has it has made sure that a fork waits for it.
fn loader() -> BriefMutexGuard<'static, ()> {
    #[cfg(unix)]
    {
        static PREPARED: PerProcess<()> = PerProcess::new();
        // They may be there twice.
        PREPARED.get_or_make(|| {
            // SAFETY: the functions may be called at any time. Memory for their entry may be missing: then a child may wait
            // for ever, as it may without them.
            unsafe { libc::pthread_atfork(Some(before_fork), Some(after_fork), Some(after_fork)) };
        });
    }
    LOADER.lock()
}

#[cfg(unix)]
thread_local! {
    /// How often `before_fork` has been called, and not yet undone.
    static FORKING: Cell<u32> = const { Cell::new(0) };
}

#[cfg(unix)]
extern "C" fn before_fork() {
    if FORKING.replace(FORKING.get() + 1) == 0 {
        core::mem::forget(LOADER.lock());
    }
}

#[cfg(unix)]
extern "C" fn after_fork() {
    // None, if the functions were made known while it forked.
    let calls = FORKING.get();
    FORKING.set(calls.saturating_sub(1));
    if calls == 1 {
        // SAFETY: the thread that forks has it since `before_fork`, and so has its copy in the child.
        drop(unsafe { LOADER.guard() });
    }
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
    let _loader = loader();
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
