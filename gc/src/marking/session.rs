//! A session: several workers that mark one heap together.
//!
//! 1. The driver, which is the thread that runs the cycle, opens a session and marks as its first worker.
//! 2. Threads that come to help *join*, unless the session is over; who has joined *leaves* when it is over. The
//!    driver waits for those who have joined and for nobody else: a pool whose threads are busy with other things,
//!    for ever perhaps, delays no cycle.
//! 3. A worker takes work where it is nearest: from its own stack, from the roots, from the pool of packets. It gives
//!    a packet when its stack is deep, and when somebody is idle.
//! 4. A worker that finds nothing is idle: it looks for news for as long as falling asleep would take, then it sleeps. When
//!    all are idle, and no packet is left, everything is marked: only a worker that is not idle can make work. The session
//!    is over.
//! 5. A worker whose trace function panics ends the session for all; the driver resumes the panic.
//!
//! # Invariants
//!
//! 1. `asleep ≤ idle ≤ workers`, and the driver is one of the workers until it closes the session.
//! 2. A session that is over stays so; nobody joins it.
//! 3. Without a panic, a session is over only when all workers were idle, no packet was left and all roots were taken.
//! 4. A session that is over has no packets. After a panic those that workers still give are dropped.

use core::any::Any;

use super::Roots;
use super::shades::{Grey, Marked};
use crate::callback::discard_payload;
use crate::memory::AddressMap;
use crate::special::Kept;
use crate::sync::{Arc, AtomicBool, AtomicUsize, Condvar, Mutex, MutexGuard, Ordering, Rank, is_left_out};
use crate::trace::{Conditional, Deferred};

/// How often an idle worker looks for news before it sleeps: twice as long each time, tens of microseconds in all.
const LOOKS: u32 = 10;

/// What a panic was thrown with.
pub(super) type Payload = Box<dyn Any + Send>;

/// Work that changes hands.
#[derive(Debug)]
pub(super) struct Packet {
    pub(super) grey: Vec<Grey>,
    pub(super) deferred: Vec<Deferred>,
}

impl Packet {
    pub(super) fn is_empty(&self) -> bool {
        self.grey.is_empty() && self.deferred.is_empty()
    }
}

/// What workers share.
#[derive(Debug)]
pub(super) struct Session {
    pub(super) map: AddressMap,
    roots: Arc<dyn Roots>,
    /// The next part of the roots that nobody has taken.
    next_shard: AtomicUsize,
    /// Idle workers for whom there is no packet: a hint, read often.
    hungry: AtomicUsize,
    /// Whether a worker panicked: a hint, read often.
    failed: AtomicBool,
    /// How often a packet was given or the session was over. Changes under the lock.
    news: AtomicUsize,
    state: Mutex<State>,
    /// There is a packet, the session is over, or a worker has left.
    changed: Condvar,
}

#[derive(Debug)]
struct State {
    packets: Vec<Packet>,
    /// Threads that joined and have not left.
    workers: usize,
    /// Workers that wait for a packet.
    idle: usize,
    /// Those of them that have to be woken.
    asleep: usize,
    over: bool,
    /// Threads that ever joined.
    joined: usize,
    /// What workers that have left found.
    found: Found,
    panics: Payloads,
}

/// What workers have panicked with: values of the program, none of which is dropped while the world is stopped.
#[derive(Debug, Default)]
struct Payloads(Vec<Payload>);

impl Drop for Payloads {
    fn drop(&mut self) {
        self.0.drain(..).for_each(discard_payload);
    }
}

/// What a worker brings home.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) marked: Marked,
    /// Values of which it is not decided whether they are to be traced.
    pub(super) conditional: Vec<Conditional>,
}

/// How a session ended.
#[derive(Debug)]
pub(super) struct Outcome {
    /// What helpers found.
    pub(super) found: Found,
    /// Threads that marked, the driver included.
    pub(super) threads: usize,
    pub(super) panic: Option<Payload>,
}

impl Session {
    /// A session with one worker, the driver.
    pub(super) fn new(map: AddressMap, roots: Arc<dyn Roots>) -> Self {
        let state = State {
            packets: Vec::new(),
            workers: 1,
            idle: 0,
            asleep: 0,
            over: false,
            joined: 1,
            found: Found::default(),
            panics: Payloads::default(),
        };
        Self {
            map,
            roots,
            next_shard: AtomicUsize::new(0),
            hungry: AtomicUsize::new(0),
            failed: AtomicBool::new(false),
            news: AtomicUsize::new(0),
            state: Mutex::new(Rank::Marking, state),
            changed: Condvar::new(),
        }
    }

    /// Calls `each` with what is kept by roots that nobody has taken yet; false if there are none.
    pub(super) fn take_roots(&self, each: &mut dyn FnMut(Kept)) -> bool {
        // Relaxed: only that each number is given once matters.
        if self.next_shard.load(Ordering::Relaxed) >= self.roots.n_shards() {
            return false;
        }
        let shard = self.next_shard.fetch_add(1, Ordering::Relaxed);
        if shard >= self.roots.n_shards() {
            return false;
        }
        self.roots.visit(shard, each);
        true
    }

    /// Whether somebody waits for work. Relaxed: a hint.
    #[inline]
    pub(super) fn is_hungry(&self) -> bool {
        self.hungry.load(Ordering::Relaxed) > 0
    }

    /// Whether to stop though there is work left. Relaxed: a hint.
    #[inline]
    pub(super) fn has_failed(&self) -> bool {
        self.failed.load(Ordering::Relaxed)
    }

    /// Makes the calling thread a worker; false if the session is over.
    #[cfg(any(feature = "parallel", all(test, loom)))]
    pub(super) fn join(&self) -> bool {
        let mut state = self.state.lock();
        if state.over && !is_left_out("refuse late helpers") {
            return false;
        }
        state.workers += 1;
        state.joined += 1;
        true
    }

    /// The calling thread, which has joined, is done; the session is over.
    #[cfg(any(feature = "parallel", all(test, loom)))]
    pub(super) fn leave(&self, mut found: Found) {
        let mut state = self.state.lock();
        state.check();
        assert!(state.over, "a worker stays to the end");
        state.workers -= 1;
        state.found.marked.add(found.marked);
        state.found.conditional.append(&mut found.conditional);
        self.changed.notify_all();
    }

    /// Gives work to whoever has none.
    pub(super) fn give(&self, packet: Packet) {
        let mut state = self.state.lock();
        // Another worker has panicked, and this one has not seen it yet.
        if state.over && !is_left_out("refuse late packets") {
            return;
        }
        state.packets.push(packet);
        self.note_hungry(&state);
        self.tell(&state);
    }

    /// Tells those who are idle that there is a packet, or that the session is over.
    fn tell(&self, state: &State) {
        // Relaxed: a hint for who looks without the lock.
        self.news.fetch_add(1, Ordering::Relaxed);
        if state.asleep > 0 {
            self.changed.notify_all();
        }
    }

    /// Takes work that another worker gave, waiting for it; `None` when the session is over.
    pub(super) fn take(&self) -> Option<Packet> {
        let mut state = self.state.lock();
        if let Some(packet) = state.take() {
            self.note_hungry(&state);
            return Some(packet);
        }
        state.idle += 1;
        while !state.over && state.packets.is_empty() {
            if state.idle == state.workers || is_left_out("count the idle") {
                state.over = true;
                self.tell(&state);
                break;
            }
            self.note_hungry(&state);
            state = self.await_news(state);
        }
        state.idle -= 1;
        let packet = state.take();
        self.note_hungry(&state);
        packet
    }

    /// Waits until there may be a packet, or the session over. Where marking is about to end workers give one another
    /// little, and often; to fall asleep and be woken takes longer than what they get.
    fn await_news<'a>(&'a self, state: MutexGuard<'a, State>) -> MutexGuard<'a, State> {
        // Relaxed: changes under the lock.
        let known = self.news.load(Ordering::Relaxed);
        drop(state);
        // Relaxed: a hint.
        let are_news = |look: u32| {
            (0..1 << look).for_each(|_| core::hint::spin_loop());
            self.news.load(Ordering::Relaxed) != known
        };
        let _ = cfg!(loom) || (0..LOOKS).any(are_news);
        let mut state = self.state.lock();
        if self.news.load(Ordering::Relaxed) == known {
            state.asleep += 1;
            // Ended by a worker that gives a packet, or is the last to find nothing, or panics: one that is not idle
            // marks, and waits for nobody.
            state = self.changed.wait(state, "other threads that mark");
            state.asleep -= 1;
        }
        state
    }

    /// A worker has panicked: nothing of what is left is done.
    pub(super) fn fail(&self, payload: Payload) {
        let mut state = self.state.lock();
        state.over = true;
        state.packets.clear();
        state.panics.0.push(payload);
        // Relaxed: a hint.
        self.failed.store(true, Ordering::Relaxed);
        self.tell(&state);
    }

    /// Waits until all who have joined have left. The driver has found the session over, and marks no more.
    pub(super) fn close(&self) -> Outcome {
        let mut state = self.state.lock();
        assert!(state.over, "the driver stays to the end");
        state.workers -= 1;
        while state.workers > 0 && !is_left_out("wait for workers") {
            // Ended by the last to leave: whoever has joined finds the session over.
            state = self.changed.wait(state, "threads that have helped to mark");
        }
        state.check();
        let panics = core::mem::take(&mut state.panics);
        let panic: Option<Payload> = if panics.0.is_empty() { None } else { Some(Box::new(panics)) };
        Outcome { found: core::mem::take(&mut state.found), threads: state.joined, panic }
    }

    fn note_hungry(&self, state: &State) {
        // Relaxed: a hint.
        self.hungry.store(state.idle.saturating_sub(state.packets.len()), Ordering::Relaxed);
    }
}

impl State {
    fn take(&mut self) -> Option<Packet> {
        self.check();
        if self.over { None } else { self.packets.pop() }
    }

    /// Asserts the invariants that concern the state alone.
    fn check(&self) {
        if cfg!(any(debug_assertions, loom)) {
            assert!(self.asleep <= self.idle && self.idle <= self.workers, "session invariant 1");
            assert!(!self.over || self.packets.is_empty(), "session invariant 4");
        }
    }
}
