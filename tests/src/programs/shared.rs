//! Several programs at once, each on a thread of its own, in one heap: each knows its own objects only.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use gc::Heap;

use crate::programs::machine::{Machine, Sharing};
use crate::programs::program::Program;
use crate::programs::random::Random;

/// Runs programs of a seed at the same time.
///
/// # Panics
///
/// One of them fails, or the heap does not agree with all of them in the end.
pub fn run_seed(seed: u64, length: usize, threads: u64) {
    let mut random = Random::new(seed);
    let min_heap_bytes = [2 << 10, 100 << 10, 1 << 20][random.below(3) as usize];
    // Leaked if a program fails: it may be in any state.
    let heap = std::mem::ManuallyDrop::new(Heap::builder().min_heap_bytes(min_heap_bytes).build());
    let outcomes: Vec<_> = std::thread::scope(|scope| {
        let start = |number| {
            let program = Program::random(seed.wrapping_mul(1000) + number, length);
            let heaps = [Heap::clone(&heap), Heap::clone(&heap)];
            scope.spawn(move || {
                let machine = Machine::with_heaps(&program, heaps, Sharing::Shared);
                let mut machine = std::mem::ManuallyDrop::new(machine);
                let run = catch_unwind(AssertUnwindSafe(|| while machine.run().is_some() {}));
                run.and_then(|()| {
                    let machine = std::mem::ManuallyDrop::into_inner(machine);
                    catch_unwind(AssertUnwindSafe(|| machine.finish()))
                })
            })
        };
        let running: Vec<_> = (0..threads).map(start).collect();
        running.into_iter().map(|thread| thread.join().unwrap_or_else(Err)).collect()
    });
    for outcome in outcomes {
        if let Err(panic) = outcome {
            resume_unwind(panic);
        }
    }
    let heap = std::mem::ManuallyDrop::into_inner(heap);
    heap.collect().expect("nobody is inside");
    // Newborns of the last destructors.
    heap.collect().expect("nobody is inside");
    heap.verify();
    let stats = heap.stats();
    assert_eq!((stats.objects(), stats.bytes_in_use, stats.roots), (0, 0, 0), "seed {seed}: {stats:?}");
}
