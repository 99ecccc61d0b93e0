//! The ways of pushing and popping that are compared.

use std::hint::black_box;

use crossbeam_epoch as epoch;
use gc::{Gc, Heap, Root};

use crate::epoch_queue::EpochQueue;
use crate::epoch_stack::EpochStack;
use crate::queue::Queue;
use crate::stack::Stack;

/// Values that are pushed and popped in one mutation, or while pinned once.
const FEW_AND_MANY: [usize; 2] = [1, 64];

/// A structure and how it is used.
pub(crate) struct Way {
    pub(crate) name: String,
    /// Pushes and pops so many values by turns, on this thread.
    pub(crate) work: Box<dyn Fn(usize) + Sync>,
}

/// Kibibytes to which a heap grows before its first cycle: as by default, and as few as garbage takes in a small program on
/// `crossbeam-epoch`.
const LEAST_KIB: [usize; 2] = [4 << 10, 256];

/// All ways, each with a structure of its own.
pub(crate) fn ways() -> Vec<Way> {
    let on_heaps = |way_of: fn(usize, usize) -> Way| {
        LEAST_KIB
            .into_iter()
            .flat_map(move |least_kib| FEW_AND_MANY.map(|together| way_of(least_kib, together)))
    };
    let pinned = |way_of: fn(usize) -> Way| FEW_AND_MANY.map(way_of);
    let stacks = on_heaps(gc_stack).chain(pinned(epoch_stack));
    let queues = on_heaps(gc_queue).chain(pinned(epoch_queue));
    stacks.chain(queues).collect()
}

fn heap(least_kib: usize) -> Heap {
    Heap::builder().min_heap_bytes(least_kib << 10).build()
}

fn way(name: &str, together: usize, inside: &str, work: impl Fn(usize) + Sync + 'static) -> Way {
    Way { name: format!("{name}, {together} in a {inside}"), work: Box::new(work) }
}

/// Numbers up to `values`, in parts.
fn parts(values: usize, together: usize) -> impl Iterator<Item = core::ops::Range<u64>> {
    let part = move |first: usize| first as u64..(first + together).min(values) as u64;
    (0..values).step_by(together).map(part)
}

fn gc_stack(least_kib: usize, together: usize) -> Way {
    let heap = heap(least_kib);
    let stack: Root<Stack<'static, u64>> = heap.mutate(|mc| mc.root(Gc::new(mc, Stack::<u64>::new())));
    way(&format!("stack, gc from {least_kib} KiB"), together, "mutation", move |values| {
        let mut mutator = heap.attach();
        for part in parts(values, together) {
            mutator.mutate(|mc| {
                let stack = stack.get(mc);
                for value in part {
                    stack.push(mc, value);
                    black_box(stack.pop(mc).copied());
                }
            });
        }
    })
}

fn gc_queue(least_kib: usize, together: usize) -> Way {
    let heap = heap(least_kib);
    let queue: Root<Queue<'static, u64>> = heap.mutate(|mc| mc.root(Gc::new(mc, Queue::<u64>::new(mc))));
    way(&format!("queue, gc from {least_kib} KiB"), together, "mutation", move |values| {
        let mut mutator = heap.attach();
        for part in parts(values, together) {
            mutator.mutate(|mc| {
                let queue = queue.get(mc);
                for value in part {
                    queue.push(mc, value);
                    black_box(queue.pop(mc).copied());
                }
            });
        }
    })
}

fn epoch_stack(together: usize) -> Way {
    let stack = EpochStack::new();
    way("stack, crossbeam-epoch", together, "pin", move |values| {
        for part in parts(values, together) {
            let guard = &epoch::pin();
            for value in part {
                stack.push(guard, value);
                black_box(stack.pop(guard));
            }
            free(guard, together);
        }
    })
}

fn epoch_queue(together: usize) -> Way {
    let queue = EpochQueue::new();
    way("queue, crossbeam-epoch", together, "pin", move |values| {
        for part in parts(values, together) {
            let guard = &epoch::pin();
            for value in part {
                queue.push(guard, value);
                black_box(queue.pop(guard));
            }
            free(guard, together);
        }
    })
}

/// Frees what it can, which by itself `crossbeam-epoch` does at every 128th pin, for 512 nodes at most: less than becomes
/// garbage, where a pin is there for many.
fn free(guard: &epoch::Guard, together: usize) {
    if together > 1 {
        guard.flush();
    }
}
