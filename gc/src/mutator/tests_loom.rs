//! Models of the gate: the handshake against entering and leaving, the bounded stop, attaching and detaching during
//! a stop, marking in slices. Each is shown to fail when a step that it needs is left out.

use core::panic::Location;
use std::time::Duration;

use loom::cell::UnsafeCell;
use loom::thread;

use super::barrier::Saved;
use super::gate::{Entry, Gate, Member};
use super::record::next_id;
use super::station::Station;
use crate::layout::FIRST_EDGE_ADDRESS;
use crate::sync::models::{fails_without, model};
use crate::sync::{Arc, AtomicBool, AtomicUsize, Ordering};

const FOR_EVER: Duration = Duration::MAX;

/// A mutator that has `claims` of its own.
#[derive(Debug)]
pub(crate) struct Thread {
    id: u64,
    name: Arc<str>,
    station: Station,
    claims: UnsafeCell<u32>,
    /// What it overwrote since the last stop, and what it has handed over.
    saved: UnsafeCell<Saved>,
    handed_over: UnsafeCell<Vec<usize>>,
}

// SAFETY: what the gate is there for; the model finds out if it is not so.
unsafe impl Sync for Thread {}
// SAFETY: as above.
unsafe impl Send for Thread {}

impl Member for Thread {
    fn station(&self) -> &Station {
        &self.station
    }

    unsafe fn flush(&self) {
        // SAFETY: the model finds out if another thread uses it.
        self.claims.with_mut(|claims| unsafe { *claims = 0 });
        // SAFETY: as above.
        let saved: Vec<_> = self.saved.with_mut(|saved| unsafe { &mut *saved }.hand_over().collect());
        // SAFETY: as above.
        self.handed_over.with_mut(|all| unsafe { &mut *all }.extend(saved));
    }

    unsafe fn count(&self) {
        // SAFETY: as above.
        self.claims.with_mut(|claims| unsafe { *claims &= !1 });
    }

    fn name(&self) -> (u64, &Arc<str>) {
        (self.id, &self.name)
    }
}

/// A heap: mutators read and write it inside, whoever has stopped the world has it alone.
#[derive(Debug)]
pub(crate) struct World {
    gate: Gate<Thread>,
    /// What threads inside may do together.
    objects: UnsafeCell<u32>,
}

// SAFETY: as for `Thread`.
unsafe impl Sync for World {}
// SAFETY: as above.
unsafe impl Send for World {}

impl World {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self { gate: Gate::new(), objects: UnsafeCell::new(0) })
    }

    pub(crate) fn attach(&self) -> Arc<Thread> {
        let thread = Arc::new(Thread {
            id: next_id(),
            name: "model".into(),
            station: Station::new(),
            claims: UnsafeCell::new(0),
            saved: UnsafeCell::new(Saved::default()),
            handed_over: UnsafeCell::new(Vec::new()),
        });
        // SAFETY: counted, and detached below.
        unsafe { self.gate.attach(&thread) };
        thread
    }

    pub(crate) fn detach(&self, thread: &Thread) {
        // SAFETY: only its own thread is here.
        self.gate.detach(thread, || unsafe { thread.flush() });
    }

    /// A mutation that claims something.
    pub(crate) fn mutate<R>(&self, thread: &Thread, f: impl FnOnce() -> R) -> R {
        let passage = self.gate.enter(thread, Entry::Own, Location::caller());
        self.objects.with(|_| ());
        // SAFETY: the thread is inside.
        thread.claims.with_mut(|claims| unsafe { *claims += 1 });
        let result = f();
        self.gate.leave(thread, passage);
        result
    }

    /// Part of a mutation that is open: claims something.
    fn mutate_beside(&self, thread: &Thread) {
        let passage = self.gate.enter(thread, Entry::Beside, Location::caller());
        self.objects.with(|_| ());
        // SAFETY: the thread is inside.
        thread.claims.with_mut(|claims| unsafe { *claims += 1 });
        self.gate.leave(thread, passage);
    }

    /// Does what a cycle does while the world is stopped.
    fn cycle(&self, threads: &[&Thread], patience: Duration) -> bool {
        let Ok(stopped) = self.gate.attempt(patience) else { return false };
        self.objects.with_mut(|_| ());
        for thread in threads {
            // SAFETY: no thread is inside.
            thread.claims.with(|claims| assert_eq!(unsafe { *claims }, 0, "claims have ended"));
        }
        drop(stopped);
        true
    }
}

/// A thread enters and leaves while the world is stopped, and its counters are read.
fn handshake() {
    let world = World::new();
    let mutator = world.attach();
    let other = {
        let (world, mutator) = (Arc::clone(&world), Arc::clone(&mutator));
        thread::spawn(move || {
            world.mutate(&mutator, || ());
            world.mutate(&mutator, || ());
        })
    };
    world.gate.count();
    assert!(world.cycle(&[&mutator], FOR_EVER));
    other.join().unwrap();
    world.detach(&mutator);
}

#[test]
fn handshake_against_enter_and_leave() {
    model(5, handshake);
}

#[test]
fn handshake_needs_both_fences() {
    fails_without("light fence", 3, handshake);
    fails_without("heavy fence", 3, handshake);
}

#[test]
fn handshake_needs_to_hear_of_who_leaves() {
    fails_without("telling that all have left", 3, handshake);
}

#[test]
fn a_stop_leaves_nothing_to_do() {
    fails_without("counting with the flush", 5, handshake);
}

/// Attempts without patience, then one with: two threads enter and leave meanwhile.
fn bounded_stop() {
    let world = World::new();
    let mutators = [world.attach(), world.attach()];
    let others = mutators.clone().map(|mutator| {
        let world = Arc::clone(&world);
        thread::spawn(move || world.mutate(&mutator, || ()))
    });
    let both = [&*mutators[0], &*mutators[1]];
    if !world.cycle(&both, Duration::ZERO) {
        assert!(world.cycle(&both, FOR_EVER), "the next attempt can wait");
    }
    for other in others {
        other.join().unwrap();
    }
    mutators.iter().for_each(|mutator| world.detach(mutator));
}

#[test]
fn a_failed_attempt_loses_nothing() {
    model(3, bounded_stop);
}

#[test]
fn a_failed_attempt_has_to_open() {
    fails_without("opening after a failed attempt", 2, bounded_stop);
}

/// A thread comes, enters, and goes again while the world is stopped twice.
fn attach_and_detach() {
    let world = World::new();
    let other = {
        let world = Arc::clone(&world);
        thread::spawn(move || {
            let mutator = world.attach();
            world.mutate(&mutator, || ());
            world.detach(&mutator);
        })
    };
    assert!(world.cycle(&[], FOR_EVER));
    other.join().unwrap();
}

#[test]
fn attach_and_detach_during_a_stop() {
    model(5, attach_and_detach);
}

#[test]
fn attaching_has_to_know_of_the_stop() {
    fails_without("attaching to a closed gate", 3, attach_and_detach);
}

/// A mutation forks: another thread enters beside it, twice, and is waited for inside, while the world is stopped.
fn fork() {
    let world = World::new();
    let (first, second) = (world.attach(), world.attach());
    let forking = {
        let (world, first, second) = (Arc::clone(&world), Arc::clone(&first), Arc::clone(&second));
        thread::spawn(move || {
            world.mutate(&first, || {
                let beside = {
                    let world = Arc::clone(&world);
                    thread::spawn(move || {
                        world.mutate_beside(&second);
                        world.mutate_beside(&second);
                    })
                };
                beside.join().unwrap();
            });
        })
    };
    assert!(world.cycle(&[&first, &second], FOR_EVER));
    forking.join().unwrap();
    world.detach(&first);
    world.detach(&second);
}

/// The same with a thread that comes for it and goes again, whose counters are read, and that is held outside, while an
/// attempt without patience precedes the stop.
fn fork_for_a_thread_that_comes_and_goes() {
    let world = World::new();
    let first = world.attach();
    let forking = {
        let (world, first) = (Arc::clone(&world), Arc::clone(&first));
        thread::spawn(move || {
            world.mutate(&first, || {
                let second = world.attach();
                world.mutate_beside(&second);
                world.detach(&second);
            });
        })
    };
    world.gate.count();
    if !world.cycle(&[&first], Duration::ZERO) {
        assert!(world.cycle(&[&first], FOR_EVER), "the next attempt can wait");
    }
    forking.join().unwrap();
    world.detach(&first);
}

/// Attempts without patience and counting meet a thread that enters beside a mutation.
fn fork_meets_all_that_is_asked() {
    let world = World::new();
    let (first, second) = (world.attach(), world.attach());
    let forking = {
        let (world, first, second) = (Arc::clone(&world), Arc::clone(&first), Arc::clone(&second));
        thread::spawn(move || world.mutate(&first, || world.mutate_beside(&second)))
    };
    world.gate.count();
    _ = world.cycle(&[&first, &second], Duration::ZERO);
    forking.join().unwrap();
    assert!(world.cycle(&[&first, &second], Duration::ZERO), "nothing is left of the attempt");
    world.detach(&first);
    world.detach(&second);
}

#[test]
fn a_stop_waits_for_all_threads_of_a_mutation() {
    model(3, fork);
    model(4, fork_for_a_thread_that_comes_and_goes);
    model(4, fork_meets_all_that_is_asked);
}

#[test]
fn a_thread_beside_a_mutation_has_new_claims_to_end() {
    fails_without("ending claims once more", 3, fork);
}

/// Three objects with one edge each: two roots, and one that the first root leads to.
#[derive(Debug)]
struct Objects {
    edges: [AtomicUsize; 3],
    /// Whether a cycle is under way: changes at stops only.
    marking: AtomicBool,
}

const FIRST: usize = 0;
const SECOND: usize = 1;
const HIDDEN: usize = 2;

fn address(object: usize) -> usize {
    FIRST_EDGE_ADDRESS + object * 16
}

/// A cycle scans the second root in its first slice, and the first one in its second. Between them, or before or
/// after, a mutator moves the only edge to the third object from the first root to the second.
fn snapshot_in_slices() {
    let world = World::new();
    let mutator = world.attach();
    let objects = Arc::new(Objects {
        edges: [address(HIDDEN), 0, 0].map(AtomicUsize::new),
        marking: AtomicBool::new(false),
    });
    let other = {
        let (world, mutator, objects) = (Arc::clone(&world), Arc::clone(&mutator), Arc::clone(&objects));
        thread::spawn(move || {
            world.mutate(&mutator, || {
                let edge = objects.edges[FIRST].load(Ordering::Acquire);
                if objects.marking.load(Ordering::Relaxed) {
                    let word = core::ptr::without_provenance(edge);
                    // SAFETY: the thread is inside.
                    mutator.saved.with_mut(|saved| unsafe { &mut *saved }.word(word));
                }
                objects.edges[FIRST].store(0, Ordering::Release);
                objects.edges[SECOND].store(edge, Ordering::Release);
            });
        })
    };
    let edge_of = |object: usize| objects.edges[object].load(Ordering::Relaxed);
    let mut marked = vec![address(FIRST), address(SECOND)];
    {
        let _stopped = world.gate.attempt(FOR_EVER).expect("nobody stays inside");
        objects.marking.store(true, Ordering::Relaxed);
        marked.push(edge_of(SECOND));
    }
    {
        let _stopped = world.gate.attempt(FOR_EVER).expect("nobody stays inside");
        // SAFETY: no thread is inside.
        mutator.handed_over.with_mut(|all| marked.append(unsafe { &mut *all }));
        marked.push(edge_of(FIRST));
        objects.marking.store(false, Ordering::Relaxed);
        for edge in [FIRST, SECOND].map(edge_of) {
            assert!(edge == 0 || marked.contains(&edge), "what can be reached is marked");
        }
    }
    other.join().unwrap();
    world.detach(&mutator);
}

#[test]
fn a_snapshot_in_slices_finds_what_was_moved() {
    model(4, snapshot_in_slices);
}

#[test]
fn a_snapshot_needs_what_is_overwritten() {
    fails_without("saving what is overwritten", 4, snapshot_in_slices);
}
