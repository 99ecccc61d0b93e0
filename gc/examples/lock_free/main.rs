//! Data structures that threads share without locks, epochs or hazard pointers.
//!
//! A lock-free structure is changed by `compare_exchange` on one word, and its hard part is to know when a node
//! that was taken out may be freed: another thread may still be looking at it, or compare with its address. Here
//! that is the collector's part. No node is freed that a thread has a `Gc` to inside its mutation, so the algorithms
//! stand here as their papers print them, less what the papers do about memory.
//!
//! `cargo run --release -p gc --example lock_free`
#![forbid(unsafe_code)]

mod backoff;
mod list;
mod queue;
mod stack;

use std::error::Error;
use std::io::{self, Write};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use gc::{Gc, Heap, Root};

use crate::list::List;
use crate::queue::Queue;
use crate::stack::Stack;

const THREADS: usize = 4;

/// Operations in one mutation: mutations are to be short, as a collection waits for their end.
const BATCH: u64 = 100;

/// Values that each thread pushes.
const VALUES: u64 = 50_000;

fn main() -> Result<(), Box<dyn Error>> {
    let mut out = io::stdout().lock();
    writeln!(out, "{THREADS} threads share three structures in one heap.\n")?;
    // So small a heap that cycles run all the time.
    let heap = Heap::builder().min_heap_bytes(256 << 10).build();
    stack(&mut out, &heap)?;
    queue(&mut out, &heap)?;
    list(&mut out, &heap)?;

    let stats = heap.stats();
    let values = THREADS as u64 * VALUES * 2 + SIEVE - 2;
    writeln!(
        out,
        "\nThe structures held {values} values, one after the other; {} cycles ran meanwhile.",
        stats.cycles
    )?;
    heap.collect()?;
    writeln!(
        out,
        "Now nothing points to them, and {} objects are left in the heap.",
        heap.stats().objects()
    )?;
    Ok(())
}

/// Runs `work` in as many threads as there are, each told which one it is.
fn in_threads(work: impl Fn(u64) + Sync) {
    thread::scope(|scope| {
        for which in 0..THREADS as u64 {
            let work = &work;
            scope.spawn(move || work(which));
        }
    });
}

/// Every thread pushes values and pops as many, whoever pushed them: the sum is the same.
fn stack(out: &mut impl Write, heap: &Heap) -> io::Result<()> {
    let stack: Root<Stack<'static, u64>> = heap.mutate(|mc| mc.root(Gc::new(mc, Stack::<u64>::new())));
    let sum = AtomicUsize::new(0);
    in_threads(|which| {
        for batch in 0..VALUES / BATCH {
            heap.mutate(|mc| {
                let stack = stack.get(mc);
                let first = which * VALUES + batch * BATCH;
                (first..first + BATCH).for_each(|value| stack.push(mc, value));
                let popped: u64 = (0..BATCH).filter_map(|_| stack.pop(mc)).sum();
                sum.fetch_add(usize::try_from(popped).expect("64 bits"), Ordering::Relaxed);
            });
        }
    });
    let all = THREADS * usize::try_from(VALUES).expect("64 bits");
    assert_eq!(sum.into_inner(), all * (all - 1) / 2, "each value is popped once");
    writeln!(out, "Stack   {all} values pushed and popped, each once")
}

/// Half of the threads push, the others pop: whoever pops sees the values of each pusher in their order.
fn queue(out: &mut impl Write, heap: &Heap) -> io::Result<()> {
    let queue: Root<Queue<'static, (u64, u64)>> =
        heap.mutate(|mc| mc.root(Gc::new(mc, Queue::<(u64, u64)>::new(mc))));
    let pushers = THREADS as u64 / 2;
    let (all, popped) = (THREADS * usize::try_from(VALUES).expect("64 bits"), AtomicUsize::new(0));
    let push = |which: u64| {
        for batch in 0..2 * VALUES / BATCH {
            let numbers = batch * BATCH..(batch + 1) * BATCH;
            heap.mutate(|mc| numbers.for_each(|number| queue.get(mc).push(mc, (which, number))));
        }
    };
    let pop = || {
        let mut next = [0; THREADS / 2];
        while popped.load(Ordering::Relaxed) < all {
            heap.mutate(|mc| {
                for &(pusher, number) in (0..BATCH).map_while(|_| queue.get(mc).pop(mc)) {
                    let next = &mut next[usize::try_from(pusher).expect("a few")];
                    assert!(number >= *next, "the values of one pusher come in order");
                    *next = number + 1;
                    popped.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
    };
    in_threads(|which| if which < pushers { push(which) } else { pop() });
    writeln!(out, "Queue   {all} values handed on from {pushers} threads to {pushers}, in order")
}

/// The primes below this are sieved.
const SIEVE: u64 = 2_000;

/// The sieve of Eratosthenes: the threads remove the multiples, and often meet at the same ones.
fn list(out: &mut impl Write, heap: &Heap) -> io::Result<()> {
    let list: Root<List<'static, u64>> = heap.mutate(|mc| mc.root(Gc::new(mc, List::<u64>::new())));
    let removed = AtomicUsize::new(0);
    in_threads(|which| {
        let own = (2..SIEVE).rev().filter(|number| number % THREADS as u64 == which);
        own.for_each(|number| assert!(heap.mutate(|mc| list.get(mc).insert(mc, number))));
    });
    in_threads(|which| {
        for factor in (2..SIEVE).filter(|factor| factor % THREADS as u64 == which) {
            heap.mutate(|mc| {
                let list = list.get(mc);
                let multiples = (2..).map(|n| n * factor).take_while(|multiple| *multiple < SIEVE);
                let n = multiples.filter(|multiple| list.remove(mc, multiple)).count();
                removed.fetch_add(n, Ordering::Relaxed);
            });
        }
    });
    heap.mutate(|mc| {
        let list = list.get(mc);
        assert!(list.contains(&1999) && !list.contains(&1998));
        let primes = list.iter().count();
        let first: Vec<String> = list.iter().take(8).map(ToString::to_string).collect();
        writeln!(
            out,
            "List    {primes} primes below {SIEVE}, {} other numbers removed",
            removed.into_inner()
        )?;
        writeln!(out, "        {} ..", first.join(" "))
    })
}
