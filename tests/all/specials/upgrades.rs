//! Upgrades beside sweeps and collections: never an object that is dead, and always one that is not.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use gc::{Gc, GcRwLock, Heap, Root, WeakGc};
use tests::watchdog::within;

/// What objects are made of: the same number in each word, which no slot that was freed has.
type Object = [u64; 6];
/// Weak pointers, and the objects themselves as long as they are kept.
type Table<'gc> = GcRwLock<Vec<(WeakGc<'gc, Object>, Option<Gc<'gc, Object>>)>>;

/// The next number of a sequence that looks like chance.
fn next(random: &mut u64) -> usize {
    *random ^= *random << 13;
    *random ^= *random >> 7;
    *random ^= *random << 17;
    usize::try_from(*random >> 32).expect("32 bits")
}

/// One thread's turn: makes, forgets and upgrades objects of the shared table.
fn turn(mutator: &mut gc::Mutator, table: &Root<Table<'static>>, random: &mut u64) {
    mutator.mutate(|mc| {
        let table = table.get(mc);
        let Some(mut table) = table.try_write(mc) else { return };
        for _ in 0..64 {
            let (number, place) = (*random, next(random) % 512);
            if place >= table.len() {
                let gc = Gc::new(mc, [number; 6]);
                table.push((Gc::downgrade(gc, mc), Some(gc)));
                continue;
            }
            let (weak, kept) = table[place];
            let upgraded = weak.upgrade(mc);
            assert!(kept.is_none() || upgraded.is_some(), "a weak pointer has lost an object that is kept");
            if let Some(object) = upgraded {
                assert!(object.iter().all(|&word| word == object[0]), "an object that is dead");
                assert!(Gc::downgrade(object, mc) == weak, "another object");
                // Kept again, or no longer.
                table[place].1 = (number % 2 == 0).then_some(object);
            } else {
                let gc = Gc::new(mc, [number; 6]);
                assert!(Gc::downgrade(gc, mc) != weak);
                table[place] = (Gc::downgrade(gc, mc), (number % 4 > 0).then_some(gc));
            }
        }
    });
}

/// [16, 17, 18, 22, 247] On four threads, beside automatic and forced cycles.
#[test]
fn beside_sweeps_and_collections() {
    const THREADS: u64 = 4;
    within(Duration::from_secs(120), "upgrades beside sweeps", || {
        let heap = Heap::builder().min_heap_bytes(1 << 18).build();
        let tables: Vec<Root<Table<'static>>> = heap.mutate(|mc| {
            (0..8).map(|_| mc.root::<Table<'_>>(Gc::new(mc, GcRwLock::new(Vec::new())))).collect()
        });
        let (over, since) = (AtomicBool::new(false), Instant::now());
        thread::scope(|scope| {
            let turns: Vec<_> = (1..=THREADS)
                .map(|thread| {
                    let (heap, tables, over) = (&heap, &tables, &over);
                    scope.spawn(move || {
                        let (mut mutator, mut random, mut turns) = (heap.attach(), thread << 40 | 77, 0_u64);
                        while !over.load(Ordering::Relaxed) {
                            turn(&mut mutator, &tables[next(&mut random) % tables.len()], &mut random);
                            turns += 1;
                        }
                        turns
                    })
                })
                .collect();
            while since.elapsed() < Duration::from_secs(5) {
                heap.collect().unwrap();
                thread::sleep(Duration::from_millis(1));
            }
            over.store(true, Ordering::Relaxed);
            assert!(turns.into_iter().all(|thread| thread.join().unwrap() > 10));
        });
        heap.verify();
        assert!(heap.stats().cycles > 10);
    });
}
