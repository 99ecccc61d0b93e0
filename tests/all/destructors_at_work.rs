//! Destructors: exactly once, and what they may do.

use std::sync::{Mutex, OnceLock};

use gc::{Gc, Heap, Trace, WeakHeap};

static DROPPED: Mutex<Vec<usize>> = Mutex::new(Vec::new());
static HEAP: OnceLock<WeakHeap> = OnceLock::new();

/// Allocates an object of its own type when it is dropped.
#[derive(Trace)]
struct Breeder {
    number: usize,
}

impl Drop for Breeder {
    fn drop(&mut self) {
        DROPPED.lock().unwrap().push(self.number);
        if self.number < 100
            && let Some(heap) = HEAP.get().and_then(WeakHeap::upgrade)
        {
            heap.mutate(|mc| {
                Gc::new(mc, Breeder { number: self.number + 100 });
            });
        }
    }
}

/// The allocation claims the word in which the doomed slots are before they are buried.
#[test]
fn destructors_that_allocate_run_once() {
    let heap = Heap::new();
    HEAP.set(heap.downgrade()).unwrap();
    heap.mutate(|mc| {
        for number in 0..4 {
            Gc::new(mc, Breeder { number });
        }
    });
    for _ in 0..3 {
        heap.collect().unwrap();
        heap.verify();
    }
    assert_eq!((heap.stats().objects(), heap.stats().objects_doomed), (0, 0));
    drop(heap);
    let mut dropped = DROPPED.lock().unwrap().clone();
    dropped.sort_unstable();
    assert_eq!(dropped, [0, 1, 2, 3, 100, 101, 102, 103]);
}

/// What `Thrower` panics with, which panics again when it is dropped.
struct Payload;

impl Drop for Payload {
    fn drop(&mut self) {
        std::panic::resume_unwind(Box::new("from a payload"));
    }
}

#[derive(Trace)]
struct Thrower;

impl Drop for Thrower {
    fn drop(&mut self) {
        std::panic::resume_unwind(Box::new(Payload));
    }
}

#[test]
fn panics_whose_payload_panics_are_caught() {
    let heap = Heap::new();
    for _ in 0..2 {
        heap.mutate(|mc| {
            Gc::new(mc, Thrower);
            Gc::new(mc, Thrower);
        });
        heap.collect().unwrap();
    }
    let stats = heap.stats();
    assert_eq!((stats.objects(), stats.objects_doomed, stats.destructor_panics), (0, 0, 4));
}
