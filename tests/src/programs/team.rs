//! Many threads in one heap while collections are forced: programs of which each knows its own objects, and objects
//! that all share, of which something is known at any time.

use std::collections::BTreeSet;
use std::panic::resume_unwind;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use gc::{Gc, GcCell, GcRwLock, Heap, HeapBuilder, Mutation, Root, Trace};
use rayon::ThreadPoolBuilder;

use crate::canary::{Canary, Ledger};
use crate::programs::machine::{Machine, Sharing};
use crate::programs::program::Program;
use crate::shapes::Dice;

/// Lists in which half of the changes meet, however many there are.
const HOT_LISTS: usize = 64;
/// Changes of shared objects between two programs of a thread.
const CHANGES: usize = 200;
/// Items at most that a change makes.
const ITEMS: usize = 4;
/// Items on the shelf, and in a list, at most.
const MANY: usize = 50;

/// Who is in the team.
#[derive(Clone, Copy, Debug)]
pub struct Team {
    /// Threads that run programs and change shared objects.
    pub threads: usize,
    /// How many programs each.
    pub programs: usize,
    /// Threads that collect all the time.
    pub collectors: usize,
    /// The most threads that mark.
    pub mark_threads: usize,
    /// Lists that the threads share, with about one item each. Many of them are work for several that mark.
    pub lists: usize,
}

/// What a team has seen of collections.
#[derive(Clone, Copy, Debug)]
pub struct Collections {
    /// How many were forced.
    pub forced: u64,
    /// The most threads that marked in one of these.
    pub mark_threads: usize,
}

impl Collections {
    const NONE: Self = Self { forced: 0, mark_threads: 0 };

    fn and(self, more: Self) -> Self {
        Self { forced: self.forced + more.forced, mark_threads: self.mark_threads.max(more.mark_threads) }
    }
}

/// What the threads share.
#[derive(Trace)]
struct Shared<'gc> {
    lists: Gc<'gc, [GcCell<Option<Gc<'gc, Item<'gc>>>>]>,
    shelf: GcRwLock<Vec<Gc<'gc, Item<'gc>>>>,
}

/// An item of a list: it knows how many there are from here on.
#[derive(Trace)]
struct Item<'gc> {
    canary: Canary,
    length: usize,
    next: Option<Gc<'gc, Item<'gc>>>,
}

impl<'gc> Item<'gc> {
    fn new(mc: &Mutation<'gc>, ledger: &Arc<Ledger>, next: Option<Gc<'gc, Self>>) -> Gc<'gc, Self> {
        Gc::new(mc, Self { canary: ledger.canary(), length: length(next) + 1, next })
    }
}

fn length<'gc>(list: Option<Gc<'gc, Item<'gc>>>) -> usize {
    list.map_or(0, |item| item.length)
}

/// Canaries of the items of a list, all of which are there and alive.
fn check<'gc>(list: Option<Gc<'gc, Item<'gc>>>) -> Vec<usize> {
    let items = std::iter::successors(list, |item| item.next);
    let lengths: Vec<_> = items.clone().map(|item| item.length).collect();
    assert!(lengths.iter().copied().eq((1..=length(list)).rev()), "the items of a list: {lengths:?}");
    items.map(|item| item.canary.id()).collect()
}

impl<'gc> Shared<'gc> {
    fn new(mc: &Mutation<'gc>, ledger: &Arc<Ledger>, lists: usize) -> Gc<'gc, Self> {
        let lists = (0..lists).map(|_| GcCell::new(Some(Item::new(mc, ledger, None))));
        Gc::new(mc, Self { lists: Gc::from_iter(mc, lists), shelf: GcRwLock::new(Vec::new()) })
    }

    fn list(&self, dice: &mut Dice) -> &GcCell<Option<Gc<'gc, Item<'gc>>>> {
        let among = if dice.below(2) == 0 { HOT_LISTS } else { self.lists.len() };
        &self.lists[dice.below(among)]
    }

    fn change(&self, mc: &Mutation<'gc>, ledger: &Arc<Ledger>, dice: &mut Dice) {
        let (from, to) = (self.list(dice), self.list(dice));
        match dice.below(4) {
            // Link, in competition with others.
            0 => {
                let mut first = from.get();
                while let Err(now) = from.compare_exchange(mc, first, Some(Item::new(mc, ledger, first))) {
                    first = now;
                }
            }
            // Unlink, and link elsewhere, in place of a list that dies, unless there are many.
            1 => {
                let list = from.replace(mc, None);
                if check(list).len() < MANY {
                    to.set(mc, list);
                }
            }
            // Put some on the shelf, which nobody has; or clear it.
            2 => {
                let mut shelf = self.shelf.write(mc);
                if shelf.len() > MANY {
                    shelf.clear();
                }
                shelf.extend((0..dice.below(ITEMS)).map(|_| Item::new(mc, ledger, None)));
            }
            _ => {
                let shelf = self.shelf.read(mc);
                shelf.iter().for_each(|&item| assert_eq!(check(Some(item)).len(), 1));
            }
        }
    }

    /// All items that can be reached.
    fn items(&self, mc: &Mutation<'gc>) -> BTreeSet<usize> {
        let shelf = self.shelf.read(mc);
        let lists = self.lists.iter().map(GcCell::get).chain(shelf.iter().copied().map(Some));
        lists.flat_map(check).collect()
    }
}

/// Programs one after the other, each compared with its model; between them changes of shared objects.
fn work(heap: &Heap, shared: &Root<Shared<'static>>, ledger: &Arc<Ledger>, seed: u64, programs: usize) {
    let mut dice = Dice::new(seed);
    for _ in 0..programs {
        let program = Program::random(dice.next(), 20 + dice.below(60));
        let mut machine = Machine::with_heaps(&program, [heap.clone(), heap.clone()], Sharing::Shared);
        while machine.run().is_some() {}
        machine.finish();
        let mut left = CHANGES;
        while left > 0 {
            let together = left.min(1 + dice.below(10));
            heap.mutate(|mc| {
                (0..together).for_each(|_| shared.get(mc).change(mc, ledger, &mut dice));
            });
            left -= together;
        }
    }
}

/// Tells the collectors to end, also when a thread has failed.
struct Done<'a>(&'a AtomicBool);

impl Drop for Done<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Runs a team in a heap.
///
/// # Panics
///
/// An object is lost or leaked, or there are no threads that could mark.
pub fn run(builder: HeapBuilder, seed: u64, team: Team) -> Collections {
    // A pool of the heap's own: the common one has no more threads than there are processors.
    let helpers =
        ThreadPoolBuilder::new().num_threads(team.mark_threads.max(2) - 1).build().expect("threads");
    let builder = builder.mark_threads(team.mark_threads).mark_pool(Arc::new(helpers));
    // Leaked if a thread fails: it may be in any state.
    let heap = std::mem::ManuallyDrop::new(builder.build());
    let ledger = Ledger::new(team.lists + team.threads * team.programs * CHANGES * ITEMS);
    let shared: Root<Shared<'static>> = heap.mutate(|mc| mc.root(Shared::new(mc, &ledger, team.lists)));
    let end = AtomicBool::new(false);
    let collections = thread::scope(|scope| {
        let (heap, shared, ledger, end) = (&heap, &shared, &ledger, &end);
        let done = Done(end);
        let collect = move || {
            let mut seen = Collections::NONE;
            while !end.load(Ordering::Relaxed) {
                let cycle = heap.collect().expect("outside");
                seen = seen.and(Collections { forced: 1, mark_threads: cycle.mark_threads });
            }
            seen
        };
        let collectors: Vec<_> = (0..team.collectors).map(|_| scope.spawn(collect)).collect();
        let seeds = (0..team.threads as u64).map(|thread| seed.wrapping_mul(1000).wrapping_add(thread));
        let threads = seeds.map(|seed| scope.spawn(move || work(heap, shared, ledger, seed, team.programs)));
        let outcomes: Vec<_> = threads.collect::<Vec<_>>().into_iter().map(|thread| thread.join()).collect();
        drop(done);
        for outcome in outcomes {
            outcome.unwrap_or_else(|panic| resume_unwind(panic));
        }
        let seen = collectors.into_iter().map(|thread| thread.join().expect("collections succeed"));
        seen.fold(Collections::NONE, Collections::and)
    });
    settle(std::mem::ManuallyDrop::into_inner(heap), shared, &ledger, seed);
    collections
}

/// Exactly what can be reached is there; then nothing.
fn settle(heap: Heap, shared: Root<Shared<'static>>, ledger: &Arc<Ledger>, seed: u64) {
    // The second time for newborns of the last destructors.
    let live = [(); 2].map(|()| heap.collect().expect("outside").live_objects)[1];
    heap.verify();
    let items = heap.mutate(|mc| shared.get(mc).items(mc));
    assert!(items.iter().all(|&item| ledger.is_alive(item)), "seed {seed}: items were lost");
    assert_eq!((ledger.alive(), live), (items.len(), items.len() as u64 + 2), "seed {seed}: items leak");
    drop(shared);
    heap.collect().expect("outside");
    ledger.assert_all_dropped();
    let stats = heap.stats();
    assert_eq!((stats.objects(), stats.bytes_in_use, stats.roots), (0, 0, 0), "seed {seed}: {stats:?}");
    assert_eq!(
        stats.pauses.histogram.buckets().map(|(_, count)| count).sum::<u64>(),
        stats.cycles,
        "seed {seed}: {stats:?}"
    );
}
