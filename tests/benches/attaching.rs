//! What it costs that a thread attaches to a heap and detaches from it.
//!
//! ```text
//! cargo bench -p tests --bench attaching
//! ```
//!
//! A thread attaches with its first mutation and detaches when it ends, which starting and joining it hide. So two
//! things are measured: the first mutation of a thread and its second one; and, while a thread ends, mutations of which
//! each attaches and detaches, as what would keep the thread attached is gone.
#![forbid(unsafe_code)]

use std::hint::black_box;
use std::sync::Barrier;
use std::sync::mpsc::channel;
use std::thread;

use gc::{Gc, Heap, Mutation};
use tests::AtEnd;
use tests::table::{Sections, head, nanoseconds, numbers, timed};

/// Attachments of one measurement.
const N: u32 = 10_000;
/// Measurements; the first tenth is not counted.
const MEASUREMENTS: usize = 110;
/// Threads that are started to look at their first mutation.
const THREADS: usize = 2_000;

fn main() {
    if Sections::wanted().is_none() {
        return;
    }
    head("");
    first_and_second();
    for others in [0, 8, 64] {
        again_and_again(others);
    }
}

fn quiet() -> Heap {
    Heap::builder().automatic(false).build()
}

fn look(mc: &Mutation<'_>) {
    black_box(mc);
}

fn allocate(mc: &Mutation<'_>) {
    black_box(Gc::new(mc, 1_u64));
}

/// The first mutation of a thread, and the one after.
fn first_and_second() {
    let (heap, other) = (quiet(), quiet());
    let time = |heap: &Heap| nanoseconds(timed(|| heap.mutate(look)).0);
    // The first one meets a thread for which nothing has been allocated, which knows no heap and not its own name.
    let mutations = || [&heap, &heap, &other].map(time);
    let run = |_| thread::scope(|scope| scope.spawn(mutations).join().expect("it does not panic"));
    let times: Vec<[f64; 3]> = (0..THREADS).map(run).skip(THREADS / 10).collect();
    let row = |name, at: usize| numbers(name, times.iter().map(|times| times[at]).collect());
    row("ns: first mutation of a new thread: attaches", 0);
    row("ns: second mutation", 1);
    row("ns: first mutation of a second heap: attaches", 2);
}

thread_local! {
    /// Used first, and so destroyed when what keeps the thread attached is gone.
    static AT_END: AtEnd = AtEnd::default();
}

/// Nanoseconds of one of `N` mutations, for each measurement, by a thread that ends.
fn while_ending(heap: &Heap, mutate: fn(&Heap)) -> Vec<f64> {
    let (tell, told) = channel();
    let own = heap.clone();
    let at_end = move || {
        for _ in 0..MEASUREMENTS {
            let time = timed(|| (0..N).for_each(|_| mutate(&own))).0;
            tell.send(nanoseconds(time) / f64::from(N)).expect("the measurements are waited for");
        }
    };
    let thread = thread::spawn(|| {
        AT_END.with(|kept| kept.set(at_end));
        quiet().mutate(look);
    });
    let times = told.iter().skip(MEASUREMENTS / 10).collect();
    thread.join().expect("it does not panic");
    times
}

/// Attaching and detaching while `others` threads are attached.
fn again_and_again(others: usize) {
    let heap = quiet();
    let (attached, end) = (Barrier::new(others + 1), Barrier::new(others + 1));
    thread::scope(|scope| {
        for _ in 0..others {
            scope.spawn(|| {
                heap.mutate(look);
                attached.wait();
                end.wait();
            });
        }
        attached.wait();
        let name = |what: &str| format!("ns: attach, {what}, detach; {others} others");
        numbers(&name("mutate"), while_ending(&heap, |heap| heap.mutate(look)));
        numbers(&name("mutate with an object"), while_ending(&heap, |heap| heap.mutate(allocate)));
        end.wait();
    });
}
