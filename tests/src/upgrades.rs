//! Upgrades beside sweeps and collections: never an object that is dead, and always one that is not.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use gc::{Gc, GcRwLock, Heap, Mutation, Mutator, Root, Trace, WeakGc};

use crate::shapes::Dice;

const THREADS: u64 = 4;
const TABLES: usize = 8;
/// Places of a table.
const PLACES: usize = 512;

/// Knows its number in two ways. The second one is gone, and its memory another's, when the object was freed.
#[derive(Debug, Trace)]
struct Object {
    number: u64,
    again: Box<u64>,
}

impl Object {
    fn new<'gc>(mc: &Mutation<'gc>, number: u64) -> Gc<'gc, Self> {
        Gc::new(mc, Self { number, again: Box::new(number) })
    }
}

/// A weak pointer, the number of its object, and the object itself as long as it is kept.
#[derive(Clone, Copy, Trace)]
struct Place<'gc> {
    weak: WeakGc<'gc, Object>,
    number: u64,
    kept: Option<Gc<'gc, Object>>,
}

type Table<'gc> = GcRwLock<Vec<Place<'gc>>>;

/// What four threads have done.
#[derive(Clone, Copy, Debug, Default)]
pub struct Done {
    /// Mutations.
    pub turns: u64,
    /// Upgrades that gave an object which nobody had kept.
    pub found: u64,
    /// Upgrades that gave none.
    pub lost: u64,
    /// Cycles.
    pub cycles: u64,
}

/// Makes, forgets and upgrades objects on four threads, in tables that they share, while cycles run by themselves and
/// are forced.
///
/// # Panics
///
/// A weak pointer has lost an object that is kept, or has given one that is dead, or another one.
pub fn race(time: Duration) -> Done {
    let heap = Heap::builder().min_heap_bytes(1 << 18).build();
    let tables: Vec<Root<Table<'static>>> = heap.mutate(|mc| {
        (0..TABLES).map(|_| mc.root::<Table<'_>>(Gc::new(mc, GcRwLock::new(Vec::new())))).collect()
    });
    let (over, numbers, started) = (AtomicBool::new(false), AtomicU64::new(0), Instant::now());
    let work = |seed| {
        let (mut mutator, mut dice, mut done) = (heap.attach(), Dice::new(seed), Done::default());
        while !over.load(Ordering::Relaxed) {
            turn(&mut mutator, &tables[dice.below(TABLES)], &numbers, &mut dice, &mut done);
        }
        done
    };
    let (work, mut done) = (&work, Done::default());
    thread::scope(|scope| {
        let threads: Vec<_> = (1..=THREADS).map(|seed| scope.spawn(move || work(seed))).collect();
        while started.elapsed() < time && threads.iter().all(|thread| !thread.is_finished()) {
            heap.collect().unwrap();
            thread::sleep(Duration::from_millis(1));
        }
        over.store(true, Ordering::Relaxed);
        for thread in threads {
            let of_thread = thread.join().unwrap();
            done.turns += of_thread.turns;
            done.found += of_thread.found;
            done.lost += of_thread.lost;
        }
    });
    heap.verify();
    Done { cycles: heap.stats().cycles, ..done }
}

/// One mutation of one thread.
fn turn(
    mutator: &mut Mutator,
    table: &Root<Table<'static>>,
    numbers: &AtomicU64,
    dice: &mut Dice,
    done: &mut Done,
) {
    mutator.mutate(|mc| {
        let table = table.get(mc);
        let Some(mut table) = table.try_write(mc) else { return };
        done.turns += 1;
        for _ in 0..64 {
            let at = dice.below(PLACES);
            let Some(place) = table.get_mut(at) else {
                table.push(fresh(mc, numbers, true));
                continue;
            };
            let upgraded = place.weak.upgrade(mc);
            assert!(place.kept.is_none() || upgraded.is_some(), "an object is lost that is kept");
            let Some(object) = upgraded else {
                done.lost += 1;
                let next = fresh(mc, numbers, dice.below(4) > 0);
                assert!(next.weak != place.weak, "a weak pointer is taken for an older one");
                *place = next;
                continue;
            };
            done.found += u64::from(place.kept.is_none());
            assert_eq!(
                (object.number, *object.again),
                (place.number, place.number),
                "another object, or none"
            );
            assert!(Gc::downgrade(object, mc) == place.weak, "the object has another handle");
            // Kept again, or no longer.
            place.kept = (dice.below(2) == 0).then_some(object);
        }
    });
}

fn fresh<'gc>(mc: &Mutation<'gc>, numbers: &AtomicU64, keep: bool) -> Place<'gc> {
    let number = numbers.fetch_add(1, Ordering::Relaxed);
    let object = Object::new(mc, number);
    Place { weak: Gc::downgrade(object, mc), number, kept: keep.then_some(object) }
}
