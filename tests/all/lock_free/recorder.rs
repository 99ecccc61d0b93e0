//! Records what three threads ask of one structure, and when.
//!
//! The time is a counter that each call takes before it begins and after it has ended. All structures of a test are made
//! first, and the same threads go through them: they begin each at one moment, since short histories of threads that
//! have to start first would hardly overlap.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::thread;

use gc::{Heap, Mutation};
use tests::shapes::Dice;

use super::linearizable::{Event, Model, is_linearizable};

const THREADS: usize = 3;

/// Calls of each thread.
const CALLS: usize = 7;

/// A structure of the example and how it is used.
pub(super) struct Subject<S, M: Model> {
    /// What `make` makes.
    pub(super) start: M,
    /// A new structure, kept by a root.
    pub(super) make: fn(&Mutation<'_>) -> S,
    pub(super) call: fn(&Mutation<'_>, &S, M::Call) -> M::Answer,
    /// A call, of which the second argument is the number in its history.
    pub(super) choose: fn(&mut Dice, u64) -> M::Call,
}

/// Records `n` histories and asserts that each could have come about with one call after the other.
pub(super) fn assert_linearizable<S, M>(n: usize, subject: &Subject<S, M>)
where
    S: Sync + Send,
    M: Model<Call: Send, Answer: Send> + Sync,
{
    for (at, history) in record(n, subject).into_iter().enumerate() {
        assert!(is_linearizable(&subject.start, &history), "history {at} has no order: {}", listed(&history));
    }
}

/// The events in the order in which they began.
fn listed<M: Model>(history: &[Event<M>]) -> String {
    let mut events: Vec<&Event<M>> = history.iter().collect();
    events.sort_unstable_by_key(|event| event.began);
    let line = |Event { began, ended, call, answer }: &Event<M>| {
        format!("\n  {began:>3} to {ended:>3}: {call:?} = {answer:?}")
    };
    events.into_iter().map(line).collect()
}

fn record<S, M>(n: usize, subject: &Subject<S, M>) -> Vec<Vec<Event<M>>>
where
    S: Sync + Send,
    M: Model<Call: Send, Answer: Send> + Sync,
{
    let heap = Heap::builder().min_heap_bytes(64 << 10).build();
    let structures: Vec<S> = (0..n).map(|_| heap.mutate(|mc| (subject.make)(mc))).collect();
    let (arrived, clock) = (AtomicUsize::new(0), AtomicU64::new(0));
    let (heap, structures, arrived, clock) = (&heap, &structures, &arrived, &clock);
    let thread = |which: usize| {
        let (mut mutator, mut dice) = (heap.attach(), Dice::new(which as u64));
        let through = structures.iter().enumerate().map(|(at, structure)| {
            meet(arrived, (at + 1) * THREADS);
            let calls = (0..CALLS).map(|call| {
                let call = (subject.choose)(&mut dice, (which * CALLS + call) as u64);
                mutator.mutate(|mc| {
                    let began = clock.fetch_add(1, Ordering::SeqCst);
                    let answer = (subject.call)(mc, structure, call);
                    Event { began, ended: clock.fetch_add(1, Ordering::SeqCst), call, answer }
                })
            });
            calls.collect::<Vec<_>>()
        });
        through.collect::<Vec<_>>()
    };
    let mut histories: Vec<Vec<Event<M>>> = (0..n).map(|_| Vec::new()).collect();
    thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS).map(|which| scope.spawn(move || thread(which))).collect();
        for thread in threads {
            let parts = thread.join().expect("no call panics");
            histories.iter_mut().zip(parts).for_each(|(history, part)| history.extend(part));
        }
    });
    histories
}

/// Waits until so many have arrived. Outside of mutations, as others may wait for a collection.
fn meet(arrived: &AtomicUsize, all: usize) {
    arrived.fetch_add(1, Ordering::SeqCst);
    let mut looks = 0;
    while arrived.load(Ordering::SeqCst) < all {
        // There may be fewer processors than threads.
        looks += 1;
        if looks % 64 == 0 { thread::yield_now() } else { core::hint::spin_loop() }
    }
}
