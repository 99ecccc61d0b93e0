//! An allocator that counts what each thread has, so that a test knows what a value owns.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

thread_local! {
    static BYTES: Cell<isize> = const { Cell::new(0) };
}

struct Counting;

#[global_allocator]
static COUNTING: Counting = Counting;

fn count(bytes: isize) {
    // While a thread ends it counts no more.
    let _ = BYTES.try_with(|count| count.set(count.get() + bytes));
}

// SAFETY: all is the system's.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size().cast_signed());
        // SAFETY: the caller's duty.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        count(-layout.size().cast_signed());
        // SAFETY: the caller's duty.
        unsafe { System.dealloc(memory, layout) }
    }
}

/// Runs `f`; its result, and how many bytes this thread has allocated in it and not freed.
pub(crate) fn counted<R>(f: impl FnOnce() -> R) -> (R, isize) {
    let before = BYTES.get();
    let result = f();
    (result, BYTES.get() - before)
}
