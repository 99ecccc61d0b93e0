//! Threads that help to mark: those of a rayon pool, one for the process unless the heap has its own.
//!
//! To ask for help is to spawn closures on the pool. When one of them runs, it joins the session that is open at that
//! time, or returns at once. No more closures of a heap wait in a pool than it wants helpers, however many cycles
//! pass while the pool is busy.

use core::panic::AssertUnwindSafe;
use std::panic::catch_unwind;

use super::session::{Found, Session};
use super::worker::Worker;
use crate::options::Options;
use crate::per_process::PerProcess;
use crate::sync::{Arc, AtomicUsize, Mutex, Ordering, Rank};

/// The most threads that mark a heap unless it was built with another number, the driver included.
const MOST_THREADS: usize = 8;

/// Stack of a helper. Trace functions nest to a bounded depth, but their frames are the program's.
const STACK_BYTES: usize = 16 << 20;

/// How a heap gets help.
#[derive(Debug)]
pub(crate) struct Helpers {
    /// Threads that may mark, the driver included; zero for as many as there are.
    most_threads: usize,
    /// The heap's own pool.
    pool: Option<Arc<rayon::ThreadPool>>,
    desk: Arc<Desk>,
}

/// Where helpers ask what there is to do.
#[derive(Debug)]
struct Desk {
    session: Mutex<Option<Arc<Session>>>,
    /// Closures that wait in the pool.
    waiting: AtomicUsize,
}

impl Helpers {
    pub(crate) fn new(options: &Options) -> Self {
        let desk = Desk { session: Mutex::new(Rank::Helpers, None), waiting: AtomicUsize::new(0) };
        Self { most_threads: options.mark_threads, pool: options.mark_pool.clone(), desk: Arc::new(desk) }
    }

    fn pool(&self) -> Option<&rayon::ThreadPool> {
        match &self.pool {
            _ if self.most_threads == 1 => None,
            Some(own) => Some(own),
            None => common_pool(),
        }
    }

    /// How many helpers there may be at the same time.
    pub(super) fn most(&self) -> usize {
        let threads = self.pool().map_or(0, rayon::ThreadPool::current_num_threads);
        if self.most_threads == 0 { threads } else { threads.min(self.most_threads - 1) }
    }

    /// Asks for help with a session, until [`dismiss`](Self::dismiss).
    pub(super) fn call(&self, session: &Arc<Session>) {
        let Some(pool) = self.pool() else { return };
        *self.desk.session.lock() = Some(Arc::clone(session));
        // Relaxed, here and below: a number of closures, and nothing that they see.
        let waiting = self.desk.waiting.load(Ordering::Relaxed);
        for _ in waiting..self.most() {
            self.desk.waiting.fetch_add(1, Ordering::Relaxed);
            let desk = Arc::clone(&self.desk);
            pool.spawn(move || desk.serve());
        }
    }

    /// Closures that wait in the pool.
    #[cfg(all(test, not(loom)))]
    pub(super) fn n_waiting(&self) -> usize {
        self.desk.waiting.load(Ordering::Relaxed)
    }

    /// Asks no more.
    pub(super) fn dismiss(&self) {
        *self.desk.session.lock() = None;
    }
}

impl Desk {
    /// What a closure in the pool does.
    fn serve(&self) {
        self.waiting.fetch_sub(1, Ordering::Relaxed);
        let session = self.session.lock().clone();
        if let Some(session) = session {
            help(&session);
        }
    }
}

/// Joins a session, and marks until it is over.
fn help(session: &Session) {
    if !session.join() {
        return;
    }
    let mut worker = Worker::new();
    // SAFETY: the driver made the session in a stopped world, which stays so until who has joined has left.
    let result = catch_unwind(AssertUnwindSafe(|| unsafe { worker.work(session) }));
    if let Err(payload) = result {
        session.fail(payload);
    }
    session.leave(Found { marked: worker.shades.marked, conditional: worker.take_conditional() });
}

/// The pool of the process; `None` if there is one processor, or no thread can be had.
fn common_pool() -> Option<&'static rayon::ThreadPool> {
    static POOL: PerProcess<Option<rayon::ThreadPool>> = PerProcess::new();
    let pool = POOL.get_or_make(|| {
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        let threads = (processors - 1).min(MOST_THREADS - 1);
        let builder = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .thread_name(|number| format!("gc-mark-{number}"))
            .stack_size(STACK_BYTES);
        // Zero would mean one for each processor. A pool whose threads were lost by a fork helps no more, and harms nobody.
        if threads == 0 { None } else { builder.build().ok() }
    });
    pool.as_ref()
}
