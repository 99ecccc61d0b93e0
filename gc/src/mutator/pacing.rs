//! Pacing: when the next cycle starts, and when mutators wait for destructors.
//!
//! What was allocated since the heap was made, with what these objects own elsewhere, is the heap's *position*. After a
//! cycle that found `live` bytes a [`Plan`] says how far it may go: the next cycle starts when as many bytes were
//! allocated as the heap may grow by, which the program says, or a [balance](super::balance) of time and memory. The dead whose
//! destructors have not run take memory, too. With them the heap may take twice that room; beyond it whoever allocates
//! waits for destructors.
//!
//! When a limit leaves little room, cycles that free little would follow one another without end, and the program would
//! stand still. So where a limit, and nothing else, makes a cycle due, the collector may take at most half of the time
//! (which is Go's rule): a cycle has to wait as long as cycles have taken that freed less than they had to mark. The heap
//! exceeds a soft limit meanwhile. A cycle does not wait where the heap would have grown too far without the limit, or a
//! limit that cannot be exceeded is near, as long as cycles free enough there; if they do not, an allocation fails soon,
//! which is told to the program.

use std::time::{Duration, Instant};

use super::balance::Interval;
use super::plan::{Found, Plan};
use crate::options::Options;
use crate::os::processor_time;
use crate::stats::Counters;
use crate::sync::fixed::AtomicI64;
use crate::sync::{AtomicU64, Ordering};

/// The least that may be allocated between two cycles, if no limit is smaller. The first one may come at once.
const LEAST: u64 = 64 << 10;

/// How often a cycle is put off at most while as much is allocated as is live.
const STEPS: u64 = 16;

/// The least that is allocated since the last cycle when a heap that falls idle runs one; or an eighth of what is live.
const WORTH: u64 = 1 << 20;
/// Mutators are asked to have the heap watched.
const ASKED: u64 = u64::MAX - 1;
/// One of them has done so.
const WATCHED: u64 = u64::MAX;

/// The time that a cycle has taken.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Took {
    /// With sweeping what was found dead, as far as that was done since the last cycle.
    pub(crate) whole: Duration,
    /// Processor time of marking.
    pub(crate) marking: Duration,
}

/// When the next automatic cycle starts.
///
/// All relaxed: hints about when, from which nothing else is concluded. Plans are made at a stop, or when the program
/// reports that objects own less.
#[derive(Debug)]
pub(crate) struct Pacer {
    began: Instant,
    /// Bytes of the slots of what the last cycle found alive, and what of these owned that may change.
    live: AtomicU64,
    changing: AtomicU64,
    /// What the others of these own, as far as is known: only the sweep finds out.
    settled: AtomicU64,
    /// What settled objects had owned that were made before the end of the cycle.
    settled_born: AtomicI64,
    /// Whether it freed enough.
    productive: AtomicU64,
    /// The processor time at its end, and how much of that was its marking, in nanoseconds.
    processor: AtomicU64,
    marking: AtomicU64,
    /// The position at its end, and how much of that is owned elsewhere.
    from: AtomicU64,
    external: AtomicU64,
    /// How much of that the living own, as far as is known.
    external_live: AtomicU64,
    /// The positions of the plan. Where a cycle would not be worth its time the first is put off.
    at: AtomicU64,
    at_most: AtomicU64,
    at_any_price: AtomicU64,
    with_doomed: AtomicU64,
    /// Where it is weighed whether a cycle is worth its time, which is before it is due, as any safepoint may run one that is;
    /// then where mutators are asked to leave; out of reach once they are.
    near: AtomicU64,
    /// Where mutators wait a little for the cycle.
    overdue: AtomicU64,
    /// Where so much was allocated since the last cycle that one is worth its time if the heap falls idle. Out of reach
    /// once it was: `ASKED`, then `WATCHED`.
    worth: AtomicU64,
    /// Nanoseconds from `began` on: the end of the last cycle, and when the next one has waited long enough.
    ended: AtomicU64,
    waited: AtomicU64,
    /// Nanoseconds that cycles have taken beyond their share.
    debt: AtomicU64,
}

impl Pacer {
    pub(super) fn new(options: &Options) -> Self {
        let zero = || AtomicU64::new(0);
        let pacer = Self {
            began: Instant::now(),
            live: zero(),
            changing: zero(),
            settled: zero(),
            settled_born: AtomicI64::new(0),
            productive: AtomicU64::new(1),
            processor: AtomicU64::new(nanos(processor_time())),
            marking: zero(),
            from: zero(),
            external: zero(),
            external_live: zero(),
            at: zero(),
            at_most: zero(),
            at_any_price: zero(),
            with_doomed: zero(),
            near: zero(),
            overdue: zero(),
            worth: zero(),
            ended: zero(),
            waited: zero(),
            debt: zero(),
        };
        // As after a cycle that found nothing.
        pacer.plan(options, 0);
        pacer
    }

    /// For how long the heap exists.
    pub(crate) fn age(&self) -> Duration {
        self.began.elapsed()
    }

    fn now(&self) -> u64 {
        nanos(self.began.elapsed())
    }

    /// A cycle has found `live` bytes alive and `dead` ones dead, and has taken some time.
    pub(super) fn note_cycle(
        &self,
        options: &Options,
        counters: &Counters,
        live: u64,
        dead: u64,
        took: Took,
    ) {
        let owned = &counters.owned;
        // Of what only the sweep will know as large a part is taken to be alive as of the slots.
        let (settled, changing, external) = (owned.settled(), owned.changing(), owned.external());
        let found = live.saturating_add(dead);
        let (settled_live, external_live) = (part_of(settled, live, found), part_of(external, live, found));
        let dead = dead.saturating_add(settled - settled_live);
        let all_live = live.saturating_add(settled_live).saturating_add(changing);
        // One that frees as much as it has to mark is worth its time, limit or not.
        let (now, price) = (self.now(), if dead >= all_live { 0 } else { nanos(took.whole) });
        let since = now.saturating_sub(self.ended.swap(now, Ordering::Relaxed));
        self.processor.store(nanos(processor_time()), Ordering::Relaxed);
        self.marking.store(nanos(took.marking), Ordering::Relaxed);
        // What is left over of the time between two cycles is not saved for later.
        let between = since.saturating_sub(price);
        let debt = self.debt.load(Ordering::Relaxed).saturating_sub(between).saturating_add(price);
        self.debt.store(debt, Ordering::Relaxed);
        self.waited.store(now.saturating_add(debt), Ordering::Relaxed);
        let worth = (options.limit_bytes / 64) as u64;
        self.productive.store(u64::from(dead >= worth), Ordering::Relaxed);
        self.live.store(live, Ordering::Relaxed);
        self.changing.store(changing, Ordering::Relaxed);
        self.settled.store(settled_live, Ordering::Relaxed);
        self.settled_born.store(owned.settled_born(), Ordering::Relaxed);
        self.external.store(external, Ordering::Relaxed);
        self.external_live.store(external_live, Ordering::Relaxed);
        counters.forget_given_back();
        self.from.store(position(counters), Ordering::Relaxed);
        self.worth.store(0, Ordering::Relaxed);
        self.plan(options, LEAST);
    }

    /// Everything is swept that the last cycle has left: now it is known what is alive of what settled objects own.
    pub(super) fn note_swept(&self, options: &Options, counters: &Counters) {
        let settled = counters.owned.settled_of(self.settled_born.load(Ordering::Relaxed));
        self.settled.store(settled, Ordering::Relaxed);
        self.plan_anew(options);
    }

    /// Plans anew, unless a cycle is due because there was no room: it stays due.
    fn plan_anew(&self, options: &Options) {
        if self.at.load(Ordering::Relaxed) != 0 {
            self.plan(options, LEAST);
        }
    }

    /// A cycle has failed: not again soon.
    pub(super) fn postpone(&self, options: &Options, counters: &Counters) {
        self.from.store(position(counters), Ordering::Relaxed);
        self.worth.store(0, Ordering::Relaxed);
        self.plan(options, LEAST);
    }

    /// Objects own less elsewhere: what was planned with more of it is planned anew.
    pub(super) fn note_less_external(&self, options: &Options, counters: &Counters) {
        let external = counters.owned.external();
        let before = self.external.fetch_min(external, Ordering::Relaxed);
        if external < before {
            let from = self.from.load(Ordering::Relaxed);
            self.from.store(from.saturating_sub(before - external), Ordering::Relaxed);
            self.external_live.fetch_min(external, Ordering::Relaxed);
            self.plan_anew(options);
        }
    }

    fn plan(&self, options: &Options, least: u64) {
        let live = self.all_live();
        let productive = self.productive.load(Ordering::Relaxed) != 0;
        let Plan { allowed, at_most, at_any_price, with_doomed } =
            Plan::new(Found { live, productive, least }, options);
        let from = self.from.load(Ordering::Relaxed);
        let at = |bytes: u64| from.saturating_add(bytes);
        // Nothing is due before anything was allocated.
        self.at.store(at(allowed.max(1)), Ordering::Relaxed);
        self.at_most.store(at(at_most.max(1)), Ordering::Relaxed);
        self.at_any_price.store(at(at_any_price.max(1)), Ordering::Relaxed);
        self.with_doomed.store(at(with_doomed), Ordering::Relaxed);
        self.near.store(near(at(allowed), allowed), Ordering::Relaxed);
        self.overdue.store(at(at_any_price).saturating_add(at_most / 4), Ordering::Relaxed);
        if !self.is_worth_watching() {
            self.worth.store(at(WORTH.max(live / 8)).min(ASKED - 1), Ordering::Relaxed);
        }
    }

    /// A cycle is due whatever time it takes, and mutators wait a little for it.
    pub(crate) fn make_due(&self) {
        for when in [&self.at, &self.at_most, &self.at_any_price, &self.near, &self.overdue] {
            when.store(0, Ordering::Relaxed);
        }
    }

    /// Whether a cycle is due.
    pub(super) fn is_due(&self, counters: &Counters) -> bool {
        let position = position(counters);
        position >= self.at.load(Ordering::Relaxed) && self.has_waited(position)
    }

    /// Whether the collector may take the time for a cycle.
    fn has_waited(&self, position: u64) -> bool {
        position >= self.at_any_price.load(Ordering::Relaxed)
            || self.now() >= self.waited.load(Ordering::Relaxed)
    }

    /// Whether the heap has gone far beyond where a cycle was due.
    pub(super) fn is_overdue(&self, counters: &Counters) -> bool {
        position(counters) >= self.overdue.load(Ordering::Relaxed)
    }

    /// Whether mutators are to be asked to leave: true once. Not before a cycle is due, as whoever leaves would only enter
    /// again.
    pub(super) fn is_leave_due(&self, counters: &Counters) -> bool {
        let position = position(counters);
        let planned = [&self.near, &self.at].map(|when| when.load(Ordering::Relaxed));
        if position < planned[0] {
            return false;
        }
        // Where the program has said how far the heap grows there is nothing to weigh.
        let at_most = self.at_most.load(Ordering::Relaxed);
        if planned[1] < at_most && !self.is_worth_its_time(position) {
            self.put_off(position, planned, at_most);
            return false;
        }
        if !self.has_waited(position) {
            self.near.store(position.saturating_add(LEAST), Ordering::Relaxed);
            return false;
        }
        if position < planned[1] {
            // Whoever plans meanwhile knows better.
            let [near, at] = planned;
            let _ = self.near.compare_exchange(near, at, Ordering::Relaxed, Ordering::Relaxed);
            return false;
        }
        self.near.swap(u64::MAX, Ordering::Relaxed) != u64::MAX
    }

    /// Mutators are asked once more to leave soon, if they were: that was taken back.
    pub(super) fn ask_again(&self) {
        let [from, at] = [&self.from, &self.at].map(|when| when.load(Ordering::Relaxed));
        let near = near(at, at.saturating_sub(from));
        // Whoever plans meanwhile knows better.
        let _ = self.near.compare_exchange(u64::MAX, near, Ordering::Relaxed, Ordering::Relaxed);
    }

    /// Whether a cycle at this position is worth its time.
    fn is_worth_its_time(&self, position: u64) -> bool {
        let nanos_since =
            |begin: &AtomicU64| nanos(processor_time()).saturating_sub(begin.load(Ordering::Relaxed));
        let interval = Interval {
            live: self.all_live(),
            marking: Duration::from_nanos(self.marking.load(Ordering::Relaxed)),
            allocated: position.saturating_sub(self.from.load(Ordering::Relaxed)),
            running: Duration::from_nanos(nanos_since(&self.processor)),
        };
        interval.is_over()
    }

    /// Puts off a cycle that is `planned`, by a part of what is live, unless it was made due meanwhile.
    fn put_off(&self, position: u64, planned: [u64; 2], at_most: u64) {
        let step = (self.all_live() / STEPS).max(LEAST);
        for ((when, planned), steps) in [&self.near, &self.at].into_iter().zip(planned).zip(1..) {
            let later = position.saturating_add(steps * step).min(at_most);
            // Whoever fails leaves it to another one.
            let _ = when.compare_exchange(planned, later, Ordering::Relaxed, Ordering::Relaxed);
        }
    }

    /// What the last cycle found alive, with what that owns.
    fn all_live(&self) -> u64 {
        let parts = [&self.live, &self.settled, &self.changing, &self.external_live];
        parts.iter().fold(0_u64, |sum, part| sum.saturating_add(part.load(Ordering::Relaxed)))
    }

    /// Whether somebody is to watch whether the heap falls idle: true once a cycle.
    pub(super) fn is_to_be_watched(&self, counters: &Counters) -> bool {
        let worth = self.worth.load(Ordering::Relaxed);
        worth < ASKED && position(counters) >= worth && self.worth.fetch_max(ASKED, Ordering::Relaxed) < ASKED
    }

    /// Whether somebody was asked, and nobody watches yet.
    pub(super) fn is_watch_due(&self) -> bool {
        self.worth.load(Ordering::Relaxed) == ASKED
    }

    /// Whether the calling thread is to have the heap watched: true once a cycle.
    pub(super) fn take_watch(&self) -> bool {
        self.is_watch_due() && self.worth.swap(WATCHED, Ordering::Relaxed) == ASKED
    }

    /// Whether enough was allocated since the last cycle for one to be worth its time if the heap falls idle.
    pub(crate) fn is_worth_watching(&self) -> bool {
        self.worth.load(Ordering::Relaxed) >= ASKED
    }

    /// Whether the dead that wait for destructors take so much memory that mutators should wait, too.
    pub(super) fn are_too_many_doomed(&self, counters: &Counters) -> bool {
        let doomed = counters.bytes_doomed.load(Ordering::Relaxed).saturating_add(counters.owned.doomed());
        doomed > 0 && position(counters).saturating_add(doomed) > self.with_doomed.load(Ordering::Relaxed)
    }

    /// Bytes that may be allocated before a cycle is due in any case.
    pub(crate) fn left(&self, counters: &Counters) -> u64 {
        self.at_most.load(Ordering::Relaxed).saturating_sub(position(counters))
    }
}

/// Where it is weighed whether a cycle is worth its time, if it is due at some position when as much as is `allowed` was
/// allocated.
fn near(at: u64, allowed: u64) -> u64 {
    at - allowed / 10
}

/// Where the heap is.
fn position(counters: &Counters) -> u64 {
    counters.bytes_claimed().saturating_add(counters.owned.added())
}

/// `part / whole` of a number; all of it if the whole is nothing.
fn part_of(number: u64, part: u64, whole: u64) -> u64 {
    let share = u128::from(number) * u128::from(part) / u128::from(whole.max(1));
    if whole == 0 { number } else { u64::try_from(share).unwrap_or(number).min(number) }
}

fn nanos(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(all(test, not(loom)))]
mod tests {
    use std::time::Duration;

    use super::{Pacer, Took};
    use crate::mutator::plan::tests::options;
    use crate::options::Options;
    use crate::owned::{Owned, summand};
    use crate::stats::Counters;

    const MIB: u64 = 1 << 20;
    const NO_TIME: Took = took(Duration::ZERO);
    const AN_HOUR: Took = took(Duration::from_secs(3600));

    const fn took(whole: Duration) -> Took {
        Took { whole, marking: Duration::ZERO }
    }

    fn claimed(bytes: u64) -> Counters {
        let counters = Counters::default();
        counters.note_claimed(bytes);
        counters
    }

    /// Were it otherwise the world would be stopped in vain: threads give back what they have when a stop asks them to.
    #[test]
    fn a_cycle_that_is_due_stays_due_when_slots_are_given_back() {
        let (options, counters) =
            (Options { min_heap_bytes: 4 << 20, ..Options::default() }, Counters::default());
        let pacer = Pacer::new(&options);
        let (claimed, given_back) =
            (|bytes| counters.note_claimed(bytes), |bytes| counters.note_given_back(bytes));
        claimed(4 * MIB);
        assert!(pacer.is_due(&counters));
        given_back(MIB);
        assert!(pacer.is_due(&counters));
        pacer.note_cycle(&options, &counters, 0, 4 * MIB, NO_TIME);
        assert_eq!(pacer.left(&counters), 4 * MIB);
        claimed(MIB);
        assert_eq!(pacer.left(&counters), 3 * MIB, "what was given back before the cycle is forgotten");
        given_back(MIB / 2);
        assert_eq!(pacer.left(&counters), 3 * MIB);
        claimed(MIB / 4);
        assert_eq!(pacer.left(&counters), 3 * MIB, "claimed again");
        claimed(MIB);
        assert_eq!(pacer.left(&counters), 2 * MIB + MIB / 4, "a quarter of it again");
    }

    #[test]
    fn a_cycle_that_a_soft_limit_makes_due_waits_as_long_as_cycles_have_taken() {
        let soft = options(64 * MIB, u64::MAX);
        let pacer = Pacer::new(&soft);
        pacer.note_cycle(&soft, &claimed(80 * MIB), 80 * MIB, 0, AN_HOUR);
        assert!(!pacer.is_due(&claimed(81 * MIB)) && !pacer.is_leave_due(&claimed(81 * MIB)));
        assert!(pacer.is_due(&claimed(160 * MIB)), "the heap has grown by as much as without a limit");
        pacer.note_cycle(&soft, &claimed(160 * MIB), 80 * MIB, 0, NO_TIME);
        assert!(!pacer.is_due(&claimed(161 * MIB)), "the debt is still there");
        let pacer = Pacer::new(&soft);
        pacer.note_cycle(&soft, &claimed(80 * MIB), 80 * MIB, 80 * MIB, AN_HOUR);
        assert!(pacer.is_due(&claimed(81 * MIB)), "the cycle was worth its time");
        let unlimited = options(u64::MAX, u64::MAX);
        let pacer = Pacer::new(&unlimited);
        pacer.note_cycle(&unlimited, &claimed(80 * MIB), 80 * MIB, 0, AN_HOUR);
        assert!(!pacer.is_due(&claimed(159 * MIB)) && pacer.is_due(&claimed(160 * MIB)));
    }

    #[test]
    fn a_failed_allocation_makes_a_cycle_due_at_once() {
        let hard = options(u64::MAX, 64 * MIB);
        let pacer = Pacer::new(&hard);
        pacer.note_cycle(&hard, &claimed(63 * MIB), 63 * MIB, 0, AN_HOUR);
        assert!(!pacer.is_due(&claimed(64 * MIB)));
        pacer.make_due();
        assert!(pacer.is_due(&claimed(64 * MIB)) && pacer.is_leave_due(&claimed(64 * MIB)));
    }

    #[test]
    fn what_is_taken_back_counts_no_more() {
        let unlimited = options(u64::MAX, u64::MAX);
        let (pacer, counters) = (Pacer::new(&unlimited), Counters::default());
        counters.owned.note_external(10 << 30);
        assert!(pacer.is_due(&counters));
        pacer.note_cycle(&unlimited, &counters, 0, 0, NO_TIME);
        assert_eq!(pacer.left(&counters), 10 << 30);
        counters.owned.note_external(-(10 << 30));
        pacer.note_less_external(&unlimited, &counters);
        assert_eq!(pacer.left(&counters), 32 * MIB);
        // A spike between two cycles leaves nothing behind.
        counters.owned.note_external(MIB.cast_signed());
        counters.owned.note_external(-MIB.cast_signed());
        pacer.note_less_external(&unlimited, &counters);
        assert_eq!(pacer.left(&counters), 32 * MIB);
        // A cycle that is due because there was no room stays due.
        counters.owned.note_external(MIB.cast_signed());
        pacer.note_cycle(&unlimited, &counters, 0, 0, NO_TIME);
        pacer.make_due();
        counters.owned.note_external(-MIB.cast_signed());
        pacer.note_less_external(&unlimited, &counters);
        assert!(pacer.is_due(&counters));
    }

    #[test]
    fn extremes_neither_panic_nor_wrap() {
        let counters = Counters::default();
        (0..1000).for_each(|_| counters.owned.note_external(summand(usize::MAX)));
        counters.owned.recount(u64::MAX);
        counters.note_claimed(u64::MAX);
        let pacer = Pacer::new(&Options::default());
        assert!(pacer.is_due(&counters) && pacer.is_overdue(&counters));
        pacer.note_cycle(&Options::default(), &counters, u64::MAX, u64::MAX, took(Duration::MAX));
        (0..1000).for_each(|_| counters.owned.note_external(-summand(usize::MAX)));
        assert_eq!(counters.owned.external(), 0);
        pacer.note_less_external(&Options::default(), &counters);
    }

    #[test]
    fn a_heap_that_was_not_told_how_far_grows_as_far_as_is_worth_the_memory() {
        let balanced = Options { growth_percent: None, ..options(u64::MAX, u64::MAX) };
        let due_at = |options: &Options, marking| {
            let pacer = Pacer::new(options);
            pacer.note_cycle(options, &claimed(400 * MIB), 400 * MIB, 0, Took { marking, ..NO_TIME });
            (401..1600).find(|&position| {
                let counters = claimed(position * MIB);
                pacer.is_leave_due(&counters);
                pacer.is_due(&counters)
            })
        };
        let hour = AN_HOUR.whole;
        assert_eq!(due_at(&balanced, Duration::ZERO), Some(500), "marking takes no time");
        assert_eq!(due_at(&balanced, hour), Some(800), "it takes all of the time");
        let told = options(u64::MAX, u64::MAX);
        assert_eq!([Duration::ZERO, hour].map(|marking| due_at(&told, marking)), [Some(800); 2]);
        let limited = Options { growth_percent: None, ..options(u64::MAX, 640 * MIB) };
        assert_eq!(due_at(&limited, hour), Some(600), "a 16th is left");
    }

    #[test]
    fn where_the_program_says_how_far_nothing_is_weighed() {
        let told = options(u64::MAX, u64::MAX);
        let pacer = Pacer::new(&told);
        let marking = AN_HOUR.whole;
        pacer.note_cycle(&told, &claimed(400 * MIB), 400 * MIB, 0, Took { marking, ..NO_TIME });
        for position in [759, 760, 799] {
            let counters = claimed(position * MIB);
            assert!(!pacer.is_due(&counters));
            assert!(!pacer.is_leave_due(&counters), "who leaves would only enter again");
        }
        let counters = claimed(800 * MIB);
        assert!(pacer.is_due(&counters) && pacer.is_leave_due(&counters), "nobody puts it off");
        assert!(!pacer.is_leave_due(&counters), "they were asked");
    }

    #[test]
    fn what_was_put_off_becomes_due_when_there_is_no_room() {
        let balanced = Options { growth_percent: None, ..options(u64::MAX, u64::MAX) };
        let pacer = Pacer::new(&balanced);
        pacer.note_cycle(
            &balanced,
            &claimed(400 * MIB),
            400 * MIB,
            0,
            Took { marking: AN_HOUR.whole, ..AN_HOUR },
        );
        let counters = claimed(520 * MIB);
        assert!(!pacer.is_leave_due(&counters) && !pacer.is_due(&counters));
        pacer.make_due();
        assert!(pacer.is_leave_due(&counters) && pacer.is_due(&counters));
    }

    /// Only the sweep finds out what the living own of what settled objects own.
    #[test]
    fn what_the_sweep_finds_puts_the_plan_right() {
        let unlimited = options(u64::MAX, u64::MAX);
        let (pacer, counters) = (Pacer::new(&unlimited), claimed(2 * MIB));
        counters.owned.note(Owned::Settled, (200 * MIB).cast_signed());
        // Half of the slots are alive, so half of what they own is taken to be.
        pacer.note_cycle(&unlimited, &counters, MIB, MIB, NO_TIME);
        assert_eq!(pacer.left(&counters), 101 * MIB);
        counters.owned.note(Owned::Settled, (10 * MIB).cast_signed());
        counters.owned.note_gone((150 * MIB).cast_signed());
        pacer.note_swept(&unlimited, &counters);
        assert_eq!(pacer.left(&counters), 51 * MIB - 10 * MIB);
        pacer.make_due();
        pacer.note_swept(&unlimited, &counters);
        assert!(pacer.is_due(&counters), "there was no room");
    }

    #[test]
    fn mutators_wait_while_the_dead_and_the_new_take_twice_the_room() {
        let unlimited = options(u64::MAX, u64::MAX);
        let (pacer, counters) = (Pacer::new(&unlimited), claimed(60 * MIB));
        assert!(!pacer.are_too_many_doomed(&counters), "nothing waits for a destructor");
        counters.note_doomed(4 * MIB, 1);
        assert!(!pacer.are_too_many_doomed(&counters));
        counters.note_doomed(1, 1);
        assert!(pacer.are_too_many_doomed(&counters));
    }
}
