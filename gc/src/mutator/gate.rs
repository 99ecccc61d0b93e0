//! The gate: the handshake with the mutators of a heap, and the stop.
//!
//! A **handshake** asks every mutator for an action, which is done exactly once for each: on its behalf if it is
//! outside of any mutation, by itself on leaving if it is inside. The gate's lock decides, with the help of a bit
//! of the [`Station`] that whoever acts takes away: nobody enters or acts beside one who acts on its behalf.
//!
//! A **stop** is a handshake that also closes the gate: nobody enters while it is asked for. It is bounded: if the
//! threads inside do not leave in time the gate opens again. So no thread waits at the gate without bound, and no
//! cycle of waits through a stop lasts: while a stop waits for a thread that is inside and waits for a lock, the
//! owner of that lock, if it waits at the gate, is let in.
//!
//! # Invariants
//!
//! 1. Every listed member has `CLOSED` in its station exactly if `closed`.
//! 2. `left` is the number of members with `FLUSH` in their stations.
//! 3. `let_in` is at most `waiting`, and zero while `closed`.
//! 4. Stops come in the order in which they were asked for: while `closed` the one with the number `stops_ended` is under
//!    way, and only then.

use core::panic::Location;
use std::time::{Duration, Instant};

use super::station::{Station, asked};
use crate::fork;
use crate::os::fence;
use crate::stall::ThreadInside;
use crate::sync::{Arc, Condvar, Mutex, MutexGuard, Rank, is_left_out};

/// Who passes the gate: a mutator's record.
pub(crate) trait Member {
    fn station(&self) -> &Station;

    /// Ends all claims, and tells the counters what was allocated.
    ///
    /// # Safety
    ///
    /// The thread is outside and cannot enter: the caller holds the gate's lock, and asks for it or is the thread.
    unsafe fn flush(&self);

    /// Tells the counters what was allocated.
    ///
    /// # Safety
    ///
    /// As for `flush`.
    unsafe fn count(&self);

    /// Identity and name of the thread.
    fn name(&self) -> (u64, &Arc<str>);
}

/// How a thread enters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Entry {
    /// To a mutation of its own: waits while the gate is closed.
    Own,
    /// As part of a mutation that is open, perhaps another thread's, and ends later: never waits. A stop that is under way
    /// waits for that mutation, and so for this thread.
    Beside,
}

/// Who was inside when a stop gave up.
#[derive(Clone, Debug)]
pub(crate) struct Straggler {
    /// Identity of the mutator.
    pub(crate) id: u64,
    /// Which of its mutations.
    pub(crate) passage: u32,
    pub(crate) thread: String,
    pub(crate) entered: &'static Location<'static>,
}

#[derive(Debug)]
struct State<M> {
    members: Vec<*const M>,
    /// A stop is under way or reached.
    closed: bool,
    /// Stops that were ever asked for, and those that are over: each has a number, and they come one by one.
    stops_asked: u64,
    stops_ended: u64,
    /// Members that have to leave and flush before the world is stopped.
    left: usize,
    /// Threads that wait to enter.
    waiting: usize,
    /// Threads that waited when the gate opened and have not entered yet. They come before the next stop, so that
    /// stops one after the other keep nobody out.
    let_in: usize,
    /// Mutators are asked to leave soon.
    leave_asked: bool,
    /// The passages of members that are detached.
    passed: u64,
    /// Who was the last to leave for the stop, and where it had entered.
    last: Option<(Arc<str>, &'static Location<'static>)>,
}

// SAFETY: members unlist themselves, under this state's lock, before they go away.
unsafe impl<M> Send for State<M> {}

impl<M: Member> State<M> {
    fn members(&self) -> impl Iterator<Item = &M> {
        // SAFETY: listed members are alive while the state is locked.
        self.members.iter().map(|&member| unsafe { &*member })
    }

    /// Asks every member; does it for those outside. How many will do it themselves.
    fn ask(&self, what: u32) -> usize {
        self.members().for_each(|member| member.station().ask(what));
        fence::heavy();
        let mut left = 0;
        for member in self.members() {
            if member.station().is_inside() {
                left += 1;
            } else {
                // SAFETY: the state is locked, the thread was asked and is outside.
                unsafe { serve(member, what) };
            }
        }
        left
    }

    /// Asks every member to leave soon, and who will be one.
    fn ask_to_leave(&mut self) {
        if !core::mem::replace(&mut self.leave_asked, true) {
            // No fence: a hint, which is seen soon.
            self.members().for_each(|member| member.station().ask(asked::LEAVE));
        }
    }

    /// Does what the calling thread is asked for, whose member this is, and who is outside.
    ///
    /// # Safety
    ///
    /// It is.
    unsafe fn serve_self(&mut self, member: &M) {
        // SAFETY: the caller's duty, and `&mut self` is what the lock guards.
        let done = unsafe { serve(member, asked::FLUSH | asked::COUNT) };
        if done & asked::FLUSH != 0 {
            self.left -= 1;
            let entered = member.station().entered();
            self.last = entered.map(|entered| (Arc::clone(member.name().1), entered));
        }
    }

    #[cfg(any(debug_assertions, gc_zeal))]
    fn check(&self) {
        let asked_for =
            |what: u32| self.members().filter(|member| member.station().asked() & what != 0).count();
        assert_eq!(asked_for(asked::CLOSED), if self.closed { self.members.len() } else { 0 }, "invariant 1");
        assert_eq!(asked_for(asked::FLUSH), self.left, "invariant 2");
        assert!(self.let_in <= self.waiting && (self.let_in == 0 || !self.closed), "invariant 3");
        assert!(self.stops_ended + u64::from(self.closed) <= self.stops_asked, "invariant 4");
    }

    #[cfg(not(any(debug_assertions, gc_zeal)))]
    fn check(&self) {}
}

/// Does what a member, which is outside, is asked for of `what`; returns what that was.
///
/// # Safety
///
/// Under the gate's lock. The member was asked before a heavy fence and seen outside after it, or is the calling
/// thread's.
unsafe fn serve<M: Member>(member: &M, what: u32) -> u32 {
    let mut wanted = member.station().asked() & what & (asked::FLUSH | asked::COUNT);
    if wanted & asked::FLUSH != 0 {
        // SAFETY: the caller's duty.
        unsafe { member.flush() };
        // A flush counts, and nothing may be left to do: at a stop a mutator has to let its claims alone.
        if !is_left_out("counting with the flush") {
            wanted |= asked::COUNT;
        }
    } else if wanted & asked::COUNT != 0 {
        // SAFETY: the caller's duty.
        unsafe { member.count() };
    }
    // Only now: until then it keeps the thread from entering.
    member.station().withdraw(wanted);
    wanted
}

/// The gate of a heap.
#[derive(Debug)]
pub(crate) struct Gate<M> {
    state: Mutex<State<M>>,
    /// The gate opened, or everybody was let in.
    opened: Condvar,
    /// The last thread has left.
    emptied: Condvar,
}

impl<M: Member> Gate<M> {
    pub(super) fn new() -> Self {
        fence::prepare();
        let state = State {
            members: Vec::new(),
            closed: false,
            stops_asked: 0,
            stops_ended: 0,
            left: 0,
            waiting: 0,
            let_in: 0,
            leave_asked: false,
            passed: 0,
            last: None,
        };
        Self { state: Mutex::new(Rank::Gate, state), opened: Condvar::new(), emptied: Condvar::new() }
    }

    /// Lists a member, which is outside.
    ///
    /// # Safety
    ///
    /// The member stays alive and where it is until it is detached.
    pub(super) unsafe fn attach(&self, member: &M) {
        let mut state = self.state.lock();
        let mut asked = 0;
        if state.closed && !is_left_out("attaching to a closed gate") {
            asked |= asked::CLOSED;
        }
        if state.leave_asked {
            asked |= asked::LEAVE;
        }
        member.station().ask(asked);
        state.members.push(member);
        state.check();
    }

    /// Unlists a member, which is outside; `last` runs under the lock.
    pub(super) fn detach(&self, member: &M, last: impl FnOnce()) {
        let mut state = self.state.lock();
        // SAFETY: the calling thread is the member's.
        unsafe { state.serve_self(member) };
        state.members.retain(|&listed| !core::ptr::eq(listed, member));
        state.passed = state.passed.wrapping_add(u64::from(member.station().passage()));
        last();
        state.check();
        if state.closed && state.left == 0 {
            self.emptied.notify_all();
        }
    }

    /// Enters on behalf of the calling thread, whose member this is, and who is outside; the passage.
    #[inline]
    pub(super) fn enter(&self, member: &M, entry: Entry, entered: &'static Location<'static>) -> u32 {
        match member.station().try_enter(entered) {
            Some(passage) => passage,
            None => self.enter_slow(member, entry, entered),
        }
    }

    #[cold]
    #[inline(never)]
    fn enter_slow(&self, member: &M, entry: Entry, entered: &'static Location<'static>) -> u32 {
        if member.station().is_lost() {
            fork::refuse(entered);
        }
        let mut state = self.state.lock();
        // A stop may have seen the thread inside, when it was only about to look.
        self.serve_self(&mut state, member);
        if state.closed {
            match entry {
                Entry::Own => state = self.wait_outside(state),
                Entry::Beside if is_left_out("ending claims once more") => (),
                Entry::Beside => {
                    // The stop has seen this thread outside and has ended its claims, but now it makes new ones.
                    member.station().ask(asked::FLUSH);
                    state.left += 1;
                }
            }
        }
        state.check();
        member.station().enter(entered)
    }

    /// Waits until the gate opens.
    fn wait_outside<'s>(&'s self, mut state: MutexGuard<'s, State<M>>) -> MutexGuard<'s, State<M>> {
        state.waiting += 1;
        while state.closed {
            // Ended by whoever has closed the gate: when its attempt fails, in bounded time, or its stop is over.
            state = self.opened.wait(state, "the end of a stop");
        }
        state.waiting -= 1;
        state.let_in -= 1;
        if state.let_in == 0 {
            self.opened.notify_all();
        }
        state
    }

    /// Leaves on behalf of the calling thread, whose member this is, and who is inside with this passage. Whether
    /// something was asked for.
    #[inline]
    pub(super) fn leave(&self, member: &M, passage: u32) -> bool {
        let asked = member.station().leave(passage);
        if asked != 0 {
            self.serve(member, asked);
        }
        asked != 0
    }

    /// Does what the calling thread, whose member this is, found itself asked for when it left.
    #[cold]
    #[inline(never)]
    pub(super) fn serve(&self, member: &M, asked: u32) {
        if asked & !asked::LEAVE == 0 || member.station().is_lost() {
            return;
        }
        let mut state = self.state.lock();
        self.serve_self(&mut state, member);
        member.station().withdraw(asked::WATCH);
        state.check();
    }

    /// Does what the calling thread, which is outside, is asked for.
    fn serve_self(&self, state: &mut State<M>, member: &M) {
        // SAFETY: the calling thread is the member's.
        unsafe { state.serve_self(member) };
        if state.closed && state.left == 0 && !is_left_out("telling that all have left") {
            self.emptied.notify_all();
        }
    }

    /// How many threads are attached.
    pub(crate) fn n_members(&self) -> usize {
        self.state.lock().members.len()
    }

    /// Whether at most one thread is attached. A hint, unless it is the caller.
    pub(crate) fn is_sole(&self) -> bool {
        self.n_members() <= 1
    }

    /// Brings the counters up to date, but for what threads inside have allocated, who will do it on leaving.
    pub(crate) fn count(&self) {
        self.state.lock().ask(asked::COUNT);
    }

    /// Ends all claims of a heap that nobody is inside of, or will be.
    pub(crate) fn flush(&self) {
        let left = self.state.lock().ask(asked::FLUSH);
        debug_assert_eq!(left, 0, "nobody is inside of a heap that is closed");
    }

    /// Runs `f` on all members, none of which comes or goes meanwhile.
    pub(super) fn with_members<R>(&self, f: impl FnOnce(&mut dyn Iterator<Item = &M>) -> R) -> R {
        f(&mut self.state.lock().members())
    }

    /// Asks every mutator to leave soon.
    #[cold]
    pub(crate) fn ask_to_leave(&self) {
        self.state.lock().ask_to_leave();
    }

    /// Asks every mutator to see that the heap is watched: whoever is the first to leave will.
    #[cold]
    pub(crate) fn ask_to_watch(&self) {
        let state = self.state.lock();
        // No fence: who asks sees it when it leaves, if it is inside, and others when they leave the next time.
        state.members().for_each(|member| member.station().ask(asked::WATCH));
    }

    /// A number that every mutation changes; `None` while a thread is inside one.
    pub(crate) fn passages(&self) -> Option<u64> {
        let state = self.state.lock();
        fence::heavy();
        state.members().try_fold(state.passed, |sum, member| {
            let passage = member.station().passage();
            (passage % 2 == 0).then(|| sum.wrapping_add(u64::from(passage)))
        })
    }

    /// Asks nobody to leave soon any more.
    pub(crate) fn ask_nobody_to_leave(&self) {
        let mut state = self.state.lock();
        state.leave_asked = false;
        state.members().for_each(|member| member.station().withdraw(asked::LEAVE));
    }

    /// Whether a thread seems to be inside: a hint, for less than [`inside`](Self::inside) takes.
    pub(crate) fn seems_entered(&self) -> bool {
        self.state.lock().members().any(|member| member.station().is_inside())
    }

    /// Who is inside now; the calling thread sees itself only by luck.
    pub(crate) fn inside(&self) -> Vec<Straggler> {
        let state = self.state.lock();
        fence::heavy();
        stragglers(&state, |station| station.is_inside())
    }

    /// Stops the world if every thread leaves within `patience`. If not, there will be another attempt: until then
    /// everybody is asked to leave.
    ///
    /// # Errors
    ///
    /// These threads did not leave.
    pub(crate) fn attempt(&self, patience: Duration) -> Result<Stopped<'_, M>, Vec<Straggler>> {
        self.stop(patience, State::ask_to_leave)
    }

    /// Stops the world if every thread leaves within `patience`. If not, nobody is asked for anything.
    pub(crate) fn attempt_once(&self, patience: Duration) -> Option<Stopped<'_, M>> {
        self.stop(patience, |_| ()).ok()
    }

    /// Calls `failed` before it opens the gate again.
    fn stop(
        &self,
        patience: Duration,
        failed: impl FnOnce(&mut State<M>),
    ) -> Result<Stopped<'_, M>, Vec<Straggler>> {
        let mut state = self.state.lock();
        let number = state.stops_asked;
        state.stops_asked += 1;
        // Others come first that were asked for before, or a thread that stops the world again and again would keep all
        // others from it; and whoever waited for these to end. A stop is finite: either it fails, or only library code
        // runs in it.
        while state.stops_ended < number || state.let_in > 0 {
            state = self.opened.wait(state, "the end of another stop");
        }
        let since = Instant::now();
        state.closed = true;
        state.last = None;
        state.left = state.ask(asked::CLOSED | asked::FLUSH);
        state.check();
        if state.left > 0 && !patience.is_zero() {
            state = self.emptied.wait_timeout_while(state, patience, |state| state.left > 0);
        }
        if state.left > 0 {
            let inside = stragglers(&state, |station| station.asked() & asked::FLUSH != 0);
            state.left = 0;
            state.members().for_each(|member| member.station().withdraw(asked::FLUSH));
            failed(&mut state);
            if !is_left_out("opening after a failed attempt") {
                self.open(&mut state);
            }
            return Err(inside);
        }
        let stopping = since.elapsed();
        let waited_for = state.last.take().map(|(thread, entered)| ThreadInside {
            thread: thread.as_ref().to_owned(),
            entered,
            at_least: stopping,
        });
        Ok(Stopped { gate: self, since, stopping, waited_for })
    }

    /// Lets everybody in.
    fn open(&self, state: &mut State<M>) {
        (state.closed, state.let_in) = (false, state.waiting);
        state.stops_ended += 1;
        state.members().for_each(|member| member.station().withdraw(asked::CLOSED));
        state.check();
        self.opened.notify_all();
    }
}

fn stragglers<M: Member>(
    state: &MutexGuard<'_, State<M>>,
    is_one: impl Fn(&Station) -> bool,
) -> Vec<Straggler> {
    let inside = state.members().filter(|member| is_one(member.station()));
    let straggler = |member: &M| {
        let ((id, thread), station) = (member.name(), member.station());
        let entered = station.entered()?;
        Some(Straggler { id, passage: station.passage(), thread: thread.as_ref().to_owned(), entered })
    };
    inside.filter_map(straggler).collect()
}

/// Proof that no thread is inside a mutation of the heap. Dropping it lets them in again.
#[derive(Debug)]
pub(crate) struct Stopped<'g, M: Member> {
    gate: &'g Gate<M>,
    since: Instant,
    /// How long it took until everybody had left.
    pub(crate) stopping: Duration,
    /// Who was the last to leave, and for how long it was waited for.
    pub(crate) waited_for: Option<ThreadInside>,
}

impl<M: Member> Stopped<'_, M> {
    /// For how long nobody could enter.
    pub(crate) fn elapsed(&self) -> Duration {
        self.since.elapsed()
    }
}

impl<M: Member> Drop for Stopped<'_, M> {
    fn drop(&mut self) {
        let mut state = self.gate.state.lock();
        self.gate.open(&mut state);
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::time::Duration;

    use crate::mutator::Core;
    use crate::options::Options;

    /// Who has just stopped the world and does it again comes after who has waited meanwhile.
    #[test]
    fn stops_come_in_the_order_in_which_they_were_asked_for() {
        let core = Core::new(Options::default());
        let (gate, had_its_turn) = (&core.gate, AtomicBool::new(false));
        for _ in 0..100 {
            had_its_turn.store(false, Ordering::Relaxed);
            let stopped = gate.attempt(Duration::ZERO).unwrap();
            let before = gate.state.lock().stops_asked;
            std::thread::scope(|scope| {
                scope.spawn(|| {
                    let _stopped = gate.attempt_once(Duration::ZERO).unwrap();
                    had_its_turn.store(true, Ordering::Relaxed);
                });
                while gate.state.lock().stops_asked == before {
                    std::thread::yield_now();
                }
                drop(stopped);
                let _stopped = gate.attempt(Duration::ZERO).unwrap();
                assert!(had_its_turn.load(Ordering::Relaxed), "the other one has waited");
            });
        }
    }
}
