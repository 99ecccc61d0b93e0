//! Values that notice their own death.
//!
//! A [`Canary`] has a destructor, which counts as code of the program, and a state in a [`Ledger`]. What a
//! collector must never do to it ends the process with a message, since panics in destructors are caught: to
//! drop it twice, or to drop memory that never was a canary.

use std::io::Write as _;
use std::sync::atomic::{AtomicU8, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use gc::Trace;

use crate::patience::Since;

const UNBORN: u8 = 0;
const ALIVE: u8 = 1;
const DROPPED: u8 = 2;

/// What the memory of a canary begins with, alive and dropped.
const ALIVE_MARK: u64 = 0xCA9A_217A_11FE_0001;
const DROPPED_MARK: u64 = 0xCA9A_217D_EAD0_0002;

/// What has become of the canaries of one test.
#[derive(Debug)]
pub struct Ledger {
    states: Box<[AtomicU8]>,
    made: AtomicUsize,
    dropped: AtomicUsize,
}

impl Ledger {
    /// A ledger with room for `n` canaries.
    pub fn new(n: usize) -> Arc<Self> {
        let states = (0..n).map(|_| AtomicU8::new(UNBORN)).collect();
        Arc::new(Self { states, made: AtomicUsize::new(0), dropped: AtomicUsize::new(0) })
    }

    /// The next canary.
    pub fn canary(self: &Arc<Self>) -> Canary {
        let id = self.made.fetch_add(1, Ordering::Relaxed);
        let before = self.states[id].swap(ALIVE, Ordering::Relaxed);
        assert_eq!(before, UNBORN, "a canary is born once");
        Canary { mark: AtomicU64::new(ALIVE_MARK), id, ledger: Arc::clone(self) }
    }

    /// Canaries made so far.
    pub fn made(&self) -> usize {
        self.made.load(Ordering::Relaxed)
    }

    /// Canaries dropped so far.
    pub fn dropped(&self) -> usize {
        self.dropped.load(Ordering::Relaxed)
    }

    /// Canaries made and not dropped.
    pub fn alive(&self) -> usize {
        self.made() - self.dropped()
    }

    /// Whether this canary is made and not dropped.
    pub fn is_alive(&self, id: usize) -> bool {
        self.states[id].load(Ordering::Relaxed) == ALIVE
    }

    /// Asserts that every canary was dropped; that none was dropped twice each canary has seen to.
    ///
    /// # Panics
    ///
    /// A canary is alive.
    #[track_caller]
    pub fn assert_all_dropped(&self) {
        // Under zeal a heap may end while its service thread runs destructors, for which it does not wait.
        let start = Since::now();
        while cfg!(gc_zeal) && self.alive() > 0 && start.elapsed() < Duration::from_secs(10) {
            std::thread::yield_now();
        }
        let alive = (0..self.made()).find(|&id| self.states[id].load(Ordering::Relaxed) != DROPPED);
        assert_eq!(alive, None, "a canary is alive ({} of {} are)", self.alive(), self.made());
        assert_eq!(self.alive(), 0);
    }

    /// Asserts that no canary was dropped.
    ///
    /// # Panics
    ///
    /// A canary was dropped.
    #[track_caller]
    pub fn assert_all_alive(&self) {
        assert_eq!(self.dropped(), 0, "canaries were dropped, of {}", self.made());
    }
}

/// A value that counts its drops and knows which one it is.
#[derive(Debug, Trace)]
pub struct Canary {
    mark: AtomicU64,
    id: usize,
    ledger: Arc<Ledger>,
}

impl Canary {
    /// Which canary of its ledger it is.
    ///
    /// # Panics
    ///
    /// It is dropped, or its memory is another object's.
    pub fn id(&self) -> usize {
        assert_eq!(self.mark.load(Ordering::Relaxed), ALIVE_MARK, "a canary is read that is dead");
        assert!(self.ledger.is_alive(self.id), "canary {} is read and was dropped", self.id);
        self.id
    }

    /// The ledger it is in.
    pub fn ledger(&self) -> &Arc<Ledger> {
        &self.ledger
    }
}

impl Clone for Canary {
    /// Another canary of the same ledger.
    fn clone(&self) -> Self {
        self.ledger.canary()
    }
}

impl Drop for Canary {
    fn drop(&mut self) {
        match self.mark.swap(DROPPED_MARK, Ordering::Relaxed) {
            ALIVE_MARK => {}
            DROPPED_MARK => fault("a canary was dropped twice"),
            other => fault(&format!("memory that is no canary was dropped as one: {other:#x}")),
        }
        if self.ledger.states[self.id].swap(DROPPED, Ordering::Relaxed) != ALIVE {
            fault(&format!("canary {} was dropped twice", self.id));
        }
        self.ledger.dropped.fetch_add(1, Ordering::Relaxed);
    }
}

/// Ends the process, as a panic of a destructor would be caught; past whoever captures what tests print.
fn fault(what: &str) -> ! {
    let thread = std::thread::current();
    let _ = writeln!(std::io::stderr(), "{what}, on thread {}", thread.name().unwrap_or("without name"));
    std::process::abort();
}

/// Runs a closure when it is dropped.
#[derive(Trace)]
pub struct OnDrop {
    run: Mutex<Option<Box<dyn FnOnce() + Send>>>,
}

impl OnDrop {
    /// A value whose destructor is `run`.
    pub fn new(run: impl FnOnce() + Send + 'static) -> Self {
        Self { run: Mutex::new(Some(Box::new(run))) }
    }
}

impl core::fmt::Debug for OnDrop {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("OnDrop")
    }
}

impl Drop for OnDrop {
    fn drop(&mut self) {
        match self.run.get_mut() {
            Ok(run) => run.take().map_or_else(|| fault("a destructor ran twice"), |run| run()),
            Err(_) => fault("a destructor ran on memory that is not its object"),
        }
    }
}
