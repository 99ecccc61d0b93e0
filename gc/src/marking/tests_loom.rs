//! Models of a session: how workers share packets, and how they find that nothing is left. Each is shown to fail
//! when a step that it needs is left out. (Without the wake-ups they end in a deadlock, which ends the process.)

use loom::cell::UnsafeCell;
use loom::thread;

use super::Roots;
use super::session::{Found, Packet, Session};
use super::shades::{Grey, Marked};
use crate::memory::Memory;
use crate::special::Kept;
use crate::sync::Arc;
use crate::sync::models::{fails_without, model};

#[derive(Debug)]
struct NoRoots;

impl Roots for NoRoots {
    fn n_shards(&self) -> usize {
        0
    }
    fn visit(&self, _: usize, _: &mut dyn FnMut(Kept)) {}
}

/// A session over a world that only workers may look at.
#[derive(Debug)]
struct Stopped {
    session: Session,
    /// Read by workers, written by the program when it goes on.
    world: UnsafeCell<u32>,
}

// SAFETY: what the session is there for; the model finds out if it is not so.
unsafe impl Sync for Stopped {}
// SAFETY: as above.
unsafe impl Send for Stopped {}

fn packet(objects: usize) -> Packet {
    Packet { grey: vec![Grey::NONE; objects], deferred: Vec::new() }
}

/// Does what a worker does: each object is a piece of work, and every other one is given away. How many it did.
fn work(stopped: &Stopped, mut left: usize) -> u64 {
    let mut done = 0;
    loop {
        // SAFETY: the model finds out if the program goes on meanwhile.
        stopped.world.with(|world| unsafe { *world });
        while left > 0 {
            done += 1;
            left -= 1;
            if left > 0 {
                left -= 1;
                stopped.session.give(packet(1));
            }
        }
        match stopped.session.take() {
            Some(packet) => left = packet.grey.len(),
            None => return done,
        }
    }
}

/// A driver with `objects` to mark, and helpers that come when they like.
fn session(objects: usize, n_helpers: usize) {
    let memory = Memory::new(usize::MAX, false);
    let stopped = Arc::new(Stopped {
        session: Session::new(memory.map(), Arc::new(NoRoots)),
        world: UnsafeCell::new(0),
    });
    let helper = |_| {
        let stopped = Arc::clone(&stopped);
        thread::spawn(move || {
            if stopped.session.join() {
                let objects = work(&stopped, 0);
                let marked = Marked { objects, bytes: 0, owned: 0 };
                stopped.session.leave(Found { marked, conditional: Vec::new() });
            }
        })
    };
    let helpers: Vec<_> = (0..n_helpers).map(helper).collect();
    let done = work(&stopped, objects);
    let outcome = stopped.session.close();
    // The program goes on.
    // SAFETY: the model finds out if a worker still looks.
    stopped.world.with_mut(|world| unsafe { *world += 1 });
    assert_eq!(done + outcome.found.marked.objects, objects as u64, "all is done, and once");
    assert!((1..=n_helpers + 1).contains(&outcome.threads));
    helpers.into_iter().for_each(|helper| helper.join().unwrap());
}

#[test]
fn a_session_ends_when_all_is_done() {
    model(3, || session(3, 1));
}

#[test]
fn a_session_of_three_ends() {
    model(2, || session(2, 2));
}

#[test]
fn who_finds_nothing_is_counted() {
    fails_without("count the idle", 3, || session(3, 1));
}

#[test]
fn the_driver_waits_for_who_has_joined() {
    fails_without("wait for workers", 3, || session(3, 1));
}

#[test]
fn nobody_joins_when_it_is_over() {
    fails_without("refuse late helpers", 3, || session(2, 1));
}

/// A helper fails, while the driver goes on to give packets.
fn failure() {
    let memory = Memory::new(usize::MAX, false);
    let session = Arc::new(Session::new(memory.map(), Arc::new(NoRoots)));
    let helper = {
        let session = Arc::clone(&session);
        thread::spawn(move || {
            if session.join() {
                if session.take().is_some() {
                    session.fail(Box::new("on purpose"));
                }
                session.leave(Found::default());
            }
        })
    };
    session.give(packet(1));
    session.give(packet(1));
    while session.take().is_some() {}
    session.close();
    helper.join().unwrap();
}

#[test]
fn a_worker_that_fails_ends_the_session_for_all() {
    model(3, failure);
}

#[test]
fn nobody_gives_packets_when_it_is_over() {
    fails_without("refuse late packets", 3, failure);
}
