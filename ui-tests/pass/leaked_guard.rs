// A note of a guard that was leaked says nothing about another lock at the same place: a reader waits for
// its writer.
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use gc::{GcRwLock, Heap};

fn main() {
    let heap = Heap::new();
    heap.mutate(|mc| {
        let mut lock = GcRwLock::new(0);
        std::mem::forget(lock.read(mc));
        lock = GcRwLock::new(1);
        let (lock, written) = (&lock, &AtomicBool::new(false));
        let (heap, locked) = (&heap, &AtomicBool::new(false));
        std::thread::scope(|scope| {
            scope.spawn(move || {
                heap.mutate(|mc| {
                    let mut number = lock.write(mc);
                    locked.store(true, Ordering::Release);
                    std::thread::sleep(Duration::from_millis(50));
                    *number = 2;
                    written.store(true, Ordering::Release);
                });
            });
            while !locked.load(Ordering::Acquire) {
                std::thread::yield_now();
            }
            assert_eq!(*lock.read(mc), 2);
            assert!(written.load(Ordering::Acquire));
        });
    });
}
