//! What entering costs, and stops.
//!
//! ```text
//! cargo bench -p tests --bench stops                      everything
//! cargo bench -p tests --bench stops -- enter throughput  some sections
//! ```
//!
//! Sections: `enter`, `idle`, `busy`, `throughput`.
#![forbid(unsafe_code)]
#![expect(clippy::print_stdout, reason = "a program that prints a table")]

use std::hint::black_box;
use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use gc::{Gc, Heap, Mutation};
use tests::table::{Sections, head, nanoseconds, numbers, timed, times};

/// Measurements of one thing; the first tenth is not counted.
const MEASUREMENTS: usize = 220;

fn main() {
    let Some(sections) = Sections::wanted() else { return };
    head("");
    if sections.has("enter") {
        enter();
    }
    if sections.has("idle") {
        [0, 1, 8, 64].into_iter().for_each(idle);
    }
    if sections.has("busy") {
        [1, 2, 8].into_iter().for_each(busy);
    }
    if sections.has("throughput") {
        // As much as can be made, and little in much work, for so many cycles that they are felt.
        throughput(Work { steps: 32, min_heap_bytes: 32 << 20 });
        throughput(Work { steps: 3000, min_heap_bytes: 4 << 20 });
        throughput(Work { steps: 3000, min_heap_bytes: 512 << 10 });
    }
}

/// Measures, but does not count the first ones.
fn measure<T>(mut one: impl FnMut() -> T) -> Vec<T> {
    (0..MEASUREMENTS).map(|_| one()).skip(MEASUREMENTS / 10).collect()
}

fn quiet() -> Heap {
    Heap::builder().automatic(false).build()
}

/// Nanoseconds of one of `N` operations.
fn per_operation(operation: impl Fn() + Copy) -> Vec<f64> {
    const N: u32 = 50_000;
    measure(|| nanoseconds(timed(|| (0..N).for_each(|_| operation())).0) / f64::from(N))
}

fn look(mc: &Mutation<'_>) {
    black_box(mc);
}

/// Entering and leaving, in nanoseconds.
fn enter() {
    let (heap, other) = (quiet(), quiet());
    let mutator = std::cell::RefCell::new(heap.attach());
    numbers("ns: enter, leave; attached", per_operation(|| mutator.borrow_mut().mutate(look)));
    numbers("ns: enter, leave; looked up", per_operation(|| heap.mutate(look)));
    let by_turns = || {
        heap.mutate(look);
        other.mutate(look);
    };
    numbers("ns: enter, leave two heaps by turns; looked up", per_operation(by_turns));
    heap.mutate(|mc| {
        numbers("ns: enter, leave; nested, attached", per_operation(|| mutator.borrow_mut().mutate(look)));
        numbers("ns: enter, leave; nested, looked up", per_operation(|| heap.mutate(look)));
        let ask = || _ = black_box(mc.should_leave());
        numbers("ns: should_leave", per_operation(ask));
    });
    let attach = || thread::scope(|scope| _ = scope.spawn(|| heap.mutate(look)).join());
    numbers("ns: enter, leave; a thread of its own", measure(|| nanoseconds(timed(attach).0)));
    numbers(
        "ns: such a thread that does nothing",
        measure(|| nanoseconds(timed(|| thread::scope(|scope| _ = scope.spawn(|| ()).join())).0)),
    );
}

/// A handshake and a stop while `n` threads are attached and outside.
fn idle(n: usize) {
    let heap = quiet();
    let (attached, end) = (Barrier::new(n + 1), Barrier::new(n + 1));
    thread::scope(|scope| {
        for _ in 0..n {
            scope.spawn(|| {
                heap.mutate(|mc| _ = Gc::new(mc, 1_u64));
                attached.wait();
                end.wait();
            });
        }
        attached.wait();
        heap.collect().expect("outside");
        let stats = || timed(|| _ = black_box(heap.stats())).0;
        times(&format!("{n} idle threads: stats"), measure(stats));
        let cycles = measure(|| {
            let (time, cycle) = timed(|| heap.collect().expect("outside"));
            (time.saturating_sub(cycle.marking), cycle.stopping, cycle.marking)
        });
        times(&format!("{n} idle threads: collect, less marking"), cycles.iter().map(|it| it.0).collect());
        times(&format!("{n} idle threads: stopping"), cycles.iter().map(|it| it.1).collect());
        times(&format!("{n} idle threads: marking nothing"), cycles.iter().map(|it| it.2).collect());
        let pauses = heap.stats().pauses;
        println!("{:<62}{:>24}", format!("{n} idle threads: pause, mean"), format!("{:.2?}", mean(&pauses)));
        end.wait();
    });
}

fn mean(pauses: &gc::PauseStats) -> Duration {
    pauses.total / u32::try_from(pauses.count.max(1)).expect("few")
}

/// Allocates for a time, as a program that does something with what it makes: so many steps with each object, of
/// some nanoseconds.
fn spin(mc: &Mutation<'_>, time: Duration, steps: u64) -> u64 {
    let (start, mut n) = (Instant::now(), 0_u64);
    while start.elapsed() < time {
        for _ in 0..4 {
            n += 1;
            let object = Gc::new(mc, [n; 4]);
            let sum = (0..steps).fold(object[0], |sum, step| black_box(sum ^ step).wrapping_mul(31));
            black_box(sum);
        }
    }
    n
}

/// Time to stop while `n` threads are inside most of the time, for a tenth of a millisecond each.
fn busy(n: usize) {
    let (heap, end, start) = (quiet(), AtomicBool::new(false), Barrier::new(n + 1));
    thread::scope(|scope| {
        for _ in 0..n {
            scope.spawn(|| {
                start.wait();
                while !end.load(Ordering::Relaxed) {
                    heap.mutate(|mc| _ = black_box(spin(mc, Duration::from_micros(100), 32)));
                }
            });
        }
        start.wait();
        let cycles = measure(|| {
            // Somewhere in the mutations.
            thread::sleep(Duration::from_micros(500));
            heap.collect().expect("outside").stopping
        });
        end.store(true, Ordering::Relaxed);
        times(&format!("{n} busy threads, mutations of 0.1 ms: stopping"), cycles);
        let pauses = heap.stats().pauses;
        println!("{:<62}{:>24}", format!("{n} busy threads: attempts that failed"), pauses.failed_attempts);
    });
}

/// Objects that eight threads make in a time, with mutations of a millisecond.
fn made(heap: &Heap, steps: u64) -> f64 {
    const THREADS: usize = 8;
    const TIME: Duration = Duration::from_millis(1500);
    let (total, end, start) = (AtomicU64::new(0), AtomicBool::new(false), Barrier::new(THREADS + 1));
    thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                start.wait();
                while !end.load(Ordering::Relaxed) {
                    let n = heap.mutate(|mc| spin(mc, Duration::from_millis(1), steps));
                    total.fetch_add(n, Ordering::Relaxed);
                }
            });
        }
        start.wait();
        let since = Instant::now();
        thread::sleep(TIME);
        end.store(true, Ordering::Relaxed);
        let made = total.load(Ordering::Relaxed);
        made as f64 / since.elapsed().as_secs_f64()
    })
}

/// What a program does between two cycles.
#[derive(Clone, Copy)]
struct Work {
    steps: u64,
    min_heap_bytes: usize,
}

/// Throughput with automatic cycles as a share of that without, by turns.
fn throughput(Work { steps, min_heap_bytes }: Work) {
    let mut ratios = Vec::new();
    let (mut pauses, mut with, mut without) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..7 {
        let heap = Heap::builder().min_heap_bytes(min_heap_bytes).build();
        let collected = made(&heap, steps);
        let stats = heap.stats();
        pauses.push((stats.pauses, stats.cycles));
        drop(heap);
        let kept = made(&quiet(), steps);
        ratios.push(100.0 * collected / kept);
        with.push(collected / 1e6);
        without.push(kept / 1e6);
    }
    let name = |what: &str| format!("8 threads, 1 ms, {steps} steps, {} KiB: {what}", min_heap_bytes >> 10);
    numbers(&name("million objects/s"), with);
    numbers(&name("the same without cycles"), without);
    numbers(&name("percent"), ratios);
    let (pauses, cycles) = &pauses[pauses.len() / 2];
    println!(
        "    {cycles} cycles; pauses: mean {:.2?}, longest {:.2?} (stopping {:.2?}); failed attempts {} ({:.2?})",
        mean(pauses),
        pauses.longest,
        pauses.longest_stopping,
        pauses.failed_attempts,
        pauses.failed,
    );
}
