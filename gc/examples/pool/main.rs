//! A service whose workers borrow connections from a pool, and never give one back: what a worker has lost comes back by itself.
//!
//! It is a net for what is forgotten rather than the way to do it, as nobody knows when the collector comes: here the pool asks
//! for a collection when it is empty.
//!
//! ```text
//! cargo run -p gc --example pool
//! ```
#![forbid(unsafe_code)]

mod pool;

use std::io::{self, Write};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread;

use gc::{Heap, Root};

use crate::pool::{Failure, Pool, Session, lend};

const WORKERS: usize = 4;
const CONNECTIONS: usize = 6;
const JOBS: u64 = 300;
/// Requests of one job.
const REQUESTS: u64 = 5;

/// Takes jobs until there are none, and returns the sum of all answers.
fn work(heap: &Heap, pool: &Root<Pool<'static>>, jobs: &Mutex<mpsc::Receiver<u64>>) -> Result<u64, Failure> {
    let mut sum = 0;
    loop {
        // The channel is waited for outside of a mutation, in which a thread would keep the collector waiting.
        let job = jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(job) = job else { return Ok(sum) };
        let session = lend(heap, pool)?;
        for request in 0..REQUESTS {
            // Between requests the worker may wait for the network; the session is kept by its root.
            sum += heap.mutate(|mc| Session::ask(session.get(mc), mc, job * REQUESTS + request));
        }
        // The session is lost here.
    }
}

fn main() -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    let closed = Arc::new(AtomicUsize::new(0));
    let heap = Heap::new();
    let pool: Root<Pool<'static>> =
        heap.mutate(|mc| Root::new(mc, Pool::new(mc, CONNECTIONS, Arc::clone(&closed))));

    let (give, jobs) = mpsc::channel();
    (0..JOBS).try_for_each(|job| give.send(job))?;
    drop(give);
    let jobs = Mutex::new(jobs);
    let sum = thread::scope(|scope| {
        let workers: Vec<_> = (0..WORKERS).map(|_| scope.spawn(|| work(&heap, &pool, &jobs))).collect();
        workers
            .into_iter()
            .map(|worker| worker.join().expect("a worker does not panic"))
            .sum::<Result<u64, _>>()
    })?;
    let expected: u64 = (0..JOBS * REQUESTS).map(|number| number * number).sum();
    assert_eq!(sum, expected);
    writeln!(out, "{JOBS} jobs done by {WORKERS} workers")?;

    heap.collect()?;
    heap.wait_for_pending()?;
    heap.mutate(|mc| {
        let pool = pool.get(mc);
        let requests = pool.requests(mc);
        assert_eq!(requests.len(), pool.opened(), "all have come back");
        assert!(pool.opened() <= CONNECTIONS);
        assert_eq!(requests.iter().sum::<u64>(), JOBS * REQUESTS);
    });
    assert!(heap.finalizer_cycles()?.is_empty());
    let opened = heap.mutate(|mc| pool.get(mc).opened());
    writeln!(out, "All connections have come back, {} are closed", closed.load(Ordering::Relaxed))?;

    drop(pool);
    drop(heap);
    assert_eq!(closed.load(Ordering::Relaxed), opened);
    writeln!(out, "At the end of the heap all are closed")?;
    Ok(())
}
