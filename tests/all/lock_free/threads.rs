//! Four threads at once, while cycles run: no value is lost or given twice, and all memory comes back.

use std::sync::Barrier;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::thread;

use gc::{Gc, Heap, Root};
use tests::canary::{Canary, Ledger};
use tests::rounds;
use tests::shapes::Dice;
use tests::watchdog::watched;

use super::alone;
use super::hesitant::Hesitant;
use super::list::List;
use super::queue::Queue;
use super::stack::Stack;

const THREADS: usize = 4;

/// Values in one mutation.
const BATCH: usize = 20;

/// A heap that collects all the time while it is used.
fn small_heap() -> Heap {
    Heap::builder().min_heap_bytes(64 << 10).build()
}

/// Runs `work` in four threads, each told which one it is.
fn in_threads(work: impl Fn(usize) + Sync) {
    thread::scope(|scope| {
        for which in 0..THREADS {
            let work = &work;
            scope.spawn(move || work(which));
        }
    });
}

/// Counts how often each canary was taken.
struct Taken(Vec<AtomicUsize>);

impl Taken {
    fn new(n: usize) -> Self {
        Self((0..n).map(|_| AtomicUsize::new(0)).collect())
    }

    fn note(&self, canary: &Canary) {
        self.0[canary.id()].fetch_add(1, Ordering::Relaxed);
    }

    /// Asserts that each was taken once.
    fn check(&self) {
        let wrong = self.0.iter().position(|times| times.load(Ordering::Relaxed) != 1);
        let times = wrong.map(|id| self.0[id].load(Ordering::Relaxed));
        assert_eq!((wrong, times), (None, None), "which canary, and how often");
    }
}

#[test]
fn each_value_of_a_stack_is_popped_once() {
    let _alone = alone();
    watched("four threads at a stack", || {
        let n = rounds(8_000);
        let values = THREADS * n * BATCH;
        let (heap, ledger, taken) = (small_heap(), Ledger::new(values), Taken::new(values));
        let stack: Root<Stack<'static, Canary>> =
            heap.mutate(|mc| mc.root(Gc::new(mc, Stack::<Canary>::new())));
        in_threads(|which| {
            let mut dice = Dice::new(which as u64);
            for _ in 0..n {
                heap.mutate(|mc| {
                    let stack = stack.get(mc);
                    // Sometimes one after the other, so that the stack is about empty, sometimes many.
                    let together = 1 + dice.below(BATCH);
                    for first in (0..BATCH).step_by(together) {
                        let n = together.min(BATCH - first);
                        (0..n).for_each(|_| stack.push(mc, ledger.canary()));
                        (0..n).filter_map(|_| stack.pop(mc)).for_each(|canary| taken.note(canary));
                    }
                });
            }
        });
        // Each thread pops as many as it has pushed, so it never finds the stack empty.
        taken.check();
        assert!(heap.mutate(|mc| stack.get(mc).pop(mc).is_none()));
        assert!(heap.stats().cycles > 0, "cycles ran meanwhile");
        heap.collect().unwrap();
        ledger.assert_all_dropped();
    });
}

/// Threads that only pop, and note later what, meet at the top more often than any others.
#[test]
fn threads_empty_a_stack() {
    let _alone = alone();
    watched("four threads empty a stack", || {
        let n = 5_000;
        for _ in 0..rounds(100) {
            let (heap, ledger, taken) = (small_heap(), Ledger::new(n), Taken::new(n));
            let stack: Root<Stack<'static, Canary>> =
                heap.mutate(|mc| mc.root(Gc::new(mc, Stack::<Canary>::new())));
            heap.mutate(|mc| (0..n).for_each(|_| stack.get(mc).push(mc, ledger.canary())));
            let start = Barrier::new(THREADS);
            in_threads(|_| {
                start.wait();
                heap.mutate(|mc| {
                    let stack = stack.get(mc);
                    let popped: Vec<&Canary> = core::iter::from_fn(|| stack.pop(mc)).collect();
                    popped.into_iter().for_each(|canary| taken.note(canary));
                });
            });
            taken.check();
        }
    });
}

#[test]
fn a_queue_hands_each_value_on_once_and_in_order() {
    let _alone = alone();
    watched("four threads at a queue", || {
        let n = rounds(8_000);
        let values = THREADS * n * BATCH;
        let (heap, ledger, taken) = (small_heap(), Ledger::new(values), Taken::new(values));
        let queue: Root<Queue<'static, (usize, usize, Canary)>> =
            heap.mutate(|mc| mc.root(Gc::new(mc, Queue::<(usize, usize, Canary)>::new(mc))));
        in_threads(|which| {
            let mut next = [0; THREADS];
            for round in 0..n {
                heap.mutate(|mc| {
                    let queue = queue.get(mc);
                    for at in round * BATCH..(round + 1) * BATCH {
                        queue.push(mc, (which, at, ledger.canary()));
                        let (pusher, at, canary) = queue.pop(mc).expect("not more popped than pushed");
                        assert!(*at >= next[*pusher], "each thread's values come in its order");
                        next[*pusher] = at + 1;
                        taken.note(canary);
                    }
                });
            }
        });
        taken.check();
        assert!(heap.mutate(|mc| queue.get(mc).pop(mc).is_none()));
        assert!(heap.stats().cycles > 0, "cycles ran meanwhile");
        // The queue and the node that it keeps, with the value that was in it.
        assert_eq!(heap.collect().unwrap().live_objects, 2);
        drop(queue);
        heap.collect().unwrap();
        ledger.assert_all_dropped();
    });
}

/// All threads insert and remove the same few values; who of them has changed the set adds up.
#[test]
fn what_is_inserted_into_a_list_is_removed_once() {
    const VALUES: usize = 8;
    let _alone = alone();
    watched("four threads at a list", || {
        let n = rounds(1_500);
        let heap = small_heap();
        let list: Root<List<'static, Hesitant>> =
            heap.mutate(|mc| mc.root(Gc::new(mc, List::<Hesitant>::new())));
        let there: [AtomicI64; VALUES] = Default::default();
        in_threads(|which| {
            let mut dice = Dice::new(which as u64);
            for _ in 0..n {
                heap.mutate(|mc| {
                    let list = list.get(mc);
                    for _ in 0..BATCH {
                        let value = dice.below(VALUES);
                        let change = match dice.below(2) {
                            0 => i64::from(list.insert(mc, Hesitant(value))),
                            _ => -i64::from(list.remove(mc, &Hesitant(value))),
                        };
                        there[value].fetch_add(change, Ordering::Relaxed);
                    }
                    assert!(list.iter().is_sorted(), "values are in order");
                });
            }
        });
        let there = there.map(AtomicI64::into_inner);
        heap.mutate(|mc| {
            let list = list.get(mc);
            let found: [_; VALUES] = core::array::from_fn(|value| i64::from(list.contains(&Hesitant(value))));
            assert_eq!(found, there, "inserted less removed");
        });
        assert!(heap.stats().cycles > 0, "cycles ran meanwhile");
        drop(list);
        assert_eq!(heap.collect().unwrap().live_objects, 0);
    });
}

/// Each thread inserts and removes a value of its own, beside those of the others: a node that is linked behind one
/// which is being removed must not be lost with it.
#[test]
fn what_is_inserted_behind_a_removed_value_is_not_lost() {
    let _alone = alone();
    watched("neighbours", || {
        let n = rounds(1_000);
        let heap = small_heap();
        let list: Root<List<'static, Hesitant>> =
            heap.mutate(|mc| mc.root(Gc::new(mc, List::<Hesitant>::new())));
        in_threads(|which| {
            let own = Hesitant(which);
            for _ in 0..n {
                heap.mutate(|mc| {
                    let list = list.get(mc);
                    for _ in 0..BATCH {
                        assert!(list.insert(mc, own) && list.contains(&own), "{own:?} is inserted");
                        assert!(list.remove(mc, &own) && !list.contains(&own), "{own:?} is removed");
                    }
                });
            }
        });
        heap.mutate(|mc| assert_eq!(list.get(mc).iter().count(), 0));
        drop(list);
        assert_eq!(heap.collect().unwrap().live_objects, 0);
    });
}
