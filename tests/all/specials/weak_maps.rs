//! Weak maps and sets against maps that keep their keys, and what becomes of dead entries.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use gc::{Gc, GcCell, GcRefCell, GcRwLock, Heap, Mutation, Root, Trace, WeakMap, WeakSet};
use tests::canary::{Canary, Ledger};
use tests::programs::random::Random;

fn heap() -> Heap {
    Heap::builder().automatic(false).build()
}

type Map<V> = Root<GcRefCell<WeakMap<'static, u64, V>>>;

fn map<V: Trace<'static> + gc::Rebrand<Static = V>>(heap: &Heap) -> Map<V> {
    heap.mutate(|mc| Root::new(mc, Gc::new(mc, GcRefCell::default())))
}

/// A weak map beside a model that knows which keys are kept, and what it has for each.
struct Beside {
    heap: Heap,
    random: Random,
    weak: Map<u64>,
    keys: BTreeMap<u64, (Root<u64>, Option<u64>)>,
    next: u64,
}

impl Beside {
    fn new(seed: u64) -> Self {
        let heap = heap();
        let weak = map(&heap);
        Self { heap, random: Random::new(seed), weak, keys: BTreeMap::new(), next: 0 }
    }

    /// Makes a key, and perhaps an entry.
    fn make(&mut self, mc: &Mutation<'_>) {
        let (number, map) = (self.next, self.weak.get(mc));
        let key = Gc::new(mc, number);
        let value = (self.random.index(4) > 0).then_some(number * 3);
        if let Some(value) = value {
            assert_eq!(map.borrow_mut(mc).insert(mc, key, value), None);
        }
        self.keys.insert(number, (mc.root(key), value));
        self.next += 1;
    }

    /// One operation on a key that is kept.
    fn change(&mut self, mc: &Mutation<'_>, fresh: u64) {
        let at = self.random.index(self.keys.len().max(1));
        let Some((&number, (root, value))) = self.keys.iter_mut().nth(at) else { return };
        let (key, map) = (root.get(mc), self.weak.get(mc));
        match self.random.index(7) {
            0 | 1 => {
                assert_eq!(map.borrow_mut(mc).insert(mc, key, fresh), value.as_ref());
                *value = Some(fresh);
            }
            2 => assert_eq!(map.borrow_mut(mc).remove(key), value.take().as_ref()),
            3 => {
                let found = *map.borrow_mut(mc).entry(mc, key).or_insert_with(|| fresh);
                assert_eq!(found, *value.get_or_insert(fresh));
            }
            4 | 5 => drop(self.keys.remove(&number)),
            _ => {
                assert_eq!(map.borrow(mc).get(key), value.as_ref());
                assert_eq!(map.borrow(mc).contains_key(key), value.is_some());
            }
        }
    }

    /// Removes the entries of odd keys.
    fn retain(&mut self, mc: &Mutation<'_>) {
        self.weak.get(mc).borrow_mut(mc).retain(mc, |key, _| key.is_multiple_of(2));
        self.keys.iter_mut().filter(|(key, _)| *key % 2 == 1).for_each(|(_, (_, value))| *value = None);
    }

    fn collect_and_compare(&mut self) {
        self.heap.collect().unwrap();
        let purges = self.random.index(3) == 0;
        self.heap.mutate(|mc| {
            let map = self.weak.get(mc);
            if purges {
                map.borrow_mut(mc).purge(mc);
            }
            let map = map.borrow(mc);
            let found: BTreeMap<u64, u64> = map.iter(mc).map(|(key, value)| (*key, *value)).collect();
            let expected = self.keys.iter().filter_map(|(key, (_, value))| Some((*key, (*value)?)));
            assert_eq!(found, expected.collect());
            assert!(map.len() >= found.len() && (!purges || map.len() == found.len()));
        });
        self.heap.verify();
    }
}

#[test]
fn a_weak_map_is_a_map_of_what_lives() {
    for seed in 1..=tests::rounds(60) as u64 {
        let mut beside = Beside::new(seed * 77_777);
        let heap = beside.heap.clone();
        for round in 0..300 {
            heap.mutate(|mc| {
                for _ in 0..beside.random.index(20) {
                    if beside.random.index(3) == 0 { beside.make(mc) } else { beside.change(mc, round) }
                }
                if beside.random.index(40) == 0 {
                    beside.retain(mc);
                }
            });
            if beside.random.index(10) == 0 {
                beside.collect_and_compare();
            }
        }
        beside.keys.clear();
        heap.collect().unwrap();
        heap.mutate(|mc| beside.weak.get(mc).borrow_mut(mc).purge(mc));
        heap.collect().unwrap();
        assert_eq!(heap.stats().objects(), 1, "the map");
        assert_eq!(heap.stats().owned_bytes, 0, "its table is gone");
    }
}

/// Each insertion removes some of what is dead: a map whose keys come and go stays small, and so does the heap.
#[test]
fn a_map_whose_keys_come_and_go_stays_small() {
    let (heap, n) = (heap(), tests::rounds(100_000) as u64);
    let weak: Map<u64> = map(&heap);
    let mut most = (0, 0, 0);
    for number in 0..n {
        heap.mutate(|mc| weak.get(mc).borrow_mut(mc).insert(mc, Gc::new(mc, number), number).is_none());
        if number % 100 == 0 {
            heap.collect().unwrap();
            let len = heap.mutate(|mc| weak.get(mc).borrow(mc).len());
            let stats = heap.stats();
            most = (most.0.max(len), most.1.max(stats.objects()), most.2.max(stats.owned_bytes));
        }
    }
    assert!(most.0 <= 400 && most.1 <= 1500 && most.2 <= 16 << 10, "{most:?}");
}

/// Dead entries are gone after as many insertions as a quarter of the table has places, though it never is full.
#[test]
fn dead_entries_are_removed_by_insertions() {
    let (heap, n) = (heap(), tests::rounds(10_000) as u64);
    let weak: Map<u64> = map(&heap);
    heap.mutate(|mc| {
        (0..n).for_each(|number| _ = weak.get(mc).borrow_mut(mc).insert(mc, Gc::new(mc, number), number));
    });
    heap.collect().unwrap();
    heap.mutate(|mc| {
        let (mut map, key) = (weak.get(mc).borrow_mut(mc), Gc::new(mc, 7));
        // At most three quarters of the places are taken, and removing one is a look, too.
        for _ in 0..n.next_power_of_two() * 2 / 4 + n / 4 + 2 {
            map.insert(mc, key, 7);
        }
        assert_eq!(map.len(), 1, "of {n} dead entries");
    });
}

/// A value may lead to its key, and to the map.
#[test]
fn values_that_lead_to_keys_and_map() {
    #[derive(Trace)]
    struct Thing<'gc> {
        canary: Canary,
        other: GcCell<Option<Gc<'gc, Thing<'gc>>>>,
        table: Gc<'gc, GcRefCell<WeakMap<'gc, Thing<'gc>, Gc<'gc, Thing<'gc>>>>>,
    }
    let (heap, ledger) = (heap(), Ledger::new(200));
    let (table, kept): (Root<GcRefCell<WeakMap<'static, _, _>>>, Vec<Root<Thing<'static>>>) =
        heap.mutate(|mc| {
            let table = Gc::new(mc, GcRefCell::new(WeakMap::new()));
            let new = || Gc::new(mc, Thing { canary: ledger.canary(), other: GcCell::new(None), table });
            let pair = |n: usize| {
                let (key, value) = (new(), new());
                value.other.set(mc, Some(key));
                table.borrow_mut(mc).insert(mc, key, value);
                n.is_multiple_of(2).then(|| mc.root(key))
            };
            let kept = (0..100).filter_map(pair).collect();
            (mc.root(table), kept)
        });
    heap.collect().unwrap();
    assert_eq!(ledger.alive(), 100);
    heap.mutate(|mc| {
        let table = table.get(mc);
        assert_eq!(table.borrow(mc).iter(mc).count(), 50);
        for (key, value) in table.borrow(mc).iter(mc) {
            assert_eq!(key.canary.id() + 1, value.canary.id());
            assert!(Gc::ptr_eq(value.other.get().unwrap(), key) && Gc::ptr_eq(value.table, table));
        }
    });
    // The map itself becomes garbage; its keys keep it, and its values, until they go.
    drop(table);
    heap.collect().unwrap();
    assert_eq!(ledger.alive(), 100);
    drop(kept);
    heap.collect().unwrap();
    ledger.assert_all_dropped();
}

/// Maps in maps; the inner one lives by the key of the outer.
#[test]
fn maps_in_maps() {
    type Inner<'gc> = GcRefCell<WeakMap<'gc, u64, Gc<'gc, Canary>>>;
    let (heap, ledger) = (heap(), Ledger::new(4));
    let (outer, keys) = heap.mutate(|mc| {
        let outer: Gc<'_, GcRefCell<WeakMap<'_, u64, Inner<'_>>>> = Gc::new(mc, GcRefCell::default());
        let keys = [(); 4].map(|()| Gc::new(mc, 1_u64));
        for at in 0..4 {
            // The outer key of each is another inner key.
            let (outer_key, inner_key) = (keys[at], keys[(at + 1) % 4]);
            let mut outer = outer.borrow_mut(mc);
            let inner = outer.entry(mc, outer_key).or_insert_with(GcRefCell::default);
            inner.borrow_mut(mc).insert(mc, inner_key, Gc::new(mc, ledger.canary()));
        }
        (mc.root(outer), keys.map(|key| Some(mc.root(key))))
    });
    let mut keys = keys;
    let mut kept = vec![0, 1, 2, 3];
    for (gone, left) in [(2, vec![0, 3]), (3, vec![0]), (0, vec![])] {
        heap.collect().unwrap();
        assert!((0..4).all(|at| ledger.is_alive(at) == kept.contains(&at)), "{kept:?}");
        heap.mutate(|mc| {
            let outer = outer.get(mc).borrow(mc);
            let inner = outer.iter(mc).flat_map(|(_, inner)| {
                inner.borrow(mc).iter(mc).map(|(_, canary)| canary.id()).collect::<Vec<_>>()
            });
            let mut found: Vec<usize> = inner.collect();
            found.sort_unstable();
            assert_eq!(found, kept);
        });
        keys[gone] = None;
        kept = left;
    }
    heap.collect().unwrap();
    ledger.assert_all_dropped();
}

/// A map that is garbage: its values go with it, its keys stay.
#[test]
fn a_map_that_is_garbage() {
    let (heap, ledger) = (heap(), Ledger::new(20));
    let keys: Vec<Root<Canary>> = heap.mutate(|mc| {
        let mut weak = WeakMap::new();
        let mut key = || {
            let key = Gc::new(mc, ledger.canary());
            weak.insert(mc, key, Gc::new(mc, ledger.canary()));
            mc.root(key)
        };
        let keys = (0..10).map(|_| key()).collect();
        Gc::new(mc, GcRefCell::new(weak));
        keys
    });
    heap.collect().unwrap();
    assert_eq!(ledger.alive(), 10);
    heap.mutate(|mc| assert!(keys.iter().all(|key| key.get(mc).id() % 2 == 0)));
    drop(keys);
    heap.collect().unwrap();
    ledger.assert_all_dropped();
}

/// What a key's slot is used for next has no entry.
#[test]
fn another_object_in_the_place_of_a_key() {
    let heap = heap();
    let weak: Map<u64> = map(&heap);
    for round in 0..10 {
        heap.mutate(|mc| {
            let map = weak.get(mc);
            let keys: Vec<_> = (0..500).map(|number| Gc::new(mc, number)).collect();
            assert!(keys.iter().all(|&key| map.borrow(mc).get(key).is_none()), "round {round}");
            for (&key, value) in keys.iter().zip(0..).step_by(2) {
                assert_eq!(map.borrow_mut(mc).insert(mc, key, value), None);
            }
            let map = map.borrow(mc);
            for (key, number) in keys.into_iter().zip(0..) {
                assert_eq!(map.get(key).copied(), (number % 2 == 0).then_some(number));
            }
        });
        heap.collect().unwrap();
    }
}

/// A closure that panics, or comes back to the map, loses nothing.
#[test]
fn closures_that_panic_or_come_back() {
    let heap = heap();
    let weak: Map<u64> = map(&heap);
    heap.mutate(|mc| {
        let map = weak.get(mc);
        let keys: Vec<_> = (0..100).map(|number| Gc::new(mc, number)).collect();
        keys.iter().for_each(|&key| _ = map.borrow_mut(mc).insert(mc, key, *key));
        let mut asked = Vec::new();
        let retaining = AssertUnwindSafe(|| {
            map.borrow_mut(mc).retain(mc, |key, _| {
                assert!(asked.len() < 50, "on purpose");
                assert!(map.try_borrow(mc).is_err(), "the cell says so");
                asked.push(*key);
                key.is_multiple_of(2)
            });
        });
        let panicked = tests::quietly(true, || catch_unwind(retaining).is_err());
        assert!(panicked);
        for &key in &keys {
            let gone = asked.contains(&*key) && *key % 2 == 1;
            assert_eq!(map.borrow(mc).get(key).is_none(), gone, "{}", *key);
        }
        let new = Gc::new(mc, 1000);
        let making =
            AssertUnwindSafe(|| map.borrow_mut(mc).entry(mc, new).or_insert_with(|| panic!("on purpose")));
        assert!(tests::quietly(true, || catch_unwind(making).is_err()));
        assert!(map.borrow(mc).get(new).is_none());
        assert_eq!(map.borrow_mut(mc).entry(mc, new).or_insert(5), &5);
    });
    heap.collect().unwrap();
    heap.verify();
}

/// Several threads, by the lock that the map is in.
#[test]
fn several_threads_use_one_map() {
    let (heap, n) = (heap(), tests::rounds(2000));
    let weak: Root<GcRwLock<WeakMap<'static, u64, u64>>> =
        heap.mutate(|mc| Root::new(mc, Gc::new(mc, GcRwLock::new(WeakMap::new()))));
    let kept: Vec<Root<u64>> = std::thread::scope(|scope| {
        let thread = |thread: u64| {
            let (heap, weak) = (&heap, &weak);
            scope.spawn(move || {
                let number = |at: usize| thread * 1_000_000 + at as u64;
                let one = |at: usize| {
                    heap.mutate(|mc| {
                        let (map, key) = (weak.get(mc), Gc::new(mc, number(at)));
                        assert_eq!(map.write(mc).insert(mc, key, number(at) + 1), None);
                        assert!(map.read(mc).iter(mc).all(|(key, value)| *key + 1 == *value));
                        at.is_multiple_of(50).then(|| mc.root(key))
                    })
                };
                (0..n / 10).filter_map(one).collect::<Vec<_>>()
            })
        };
        let threads: Vec<_> = (0..3).map(thread).collect();
        (0..5).for_each(|_| _ = heap.collect().unwrap());
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    heap.collect().unwrap();
    heap.mutate(|mc| {
        let map = weak.get(mc);
        assert_eq!(map.read(mc).iter(mc).count(), kept.len());
        assert!(kept.iter().all(|key| map.read(mc).get(key.get(mc)) == Some(&(*key.get(mc) + 1))));
    });
}

#[test]
fn a_weak_set_is_a_set_of_what_lives() {
    let heap = heap();
    let set: Root<GcRefCell<WeakSet<'static, [u64]>>> =
        heap.mutate(|mc| Root::new(mc, Gc::new(mc, GcRefCell::default())));
    let mut roots: Vec<Root<[u64]>> = heap.mutate(|mc| {
        let set = set.get(mc);
        let add = |number: u64| {
            let object = Gc::from_slice(mc, &[number, number]);
            assert!(!set.borrow(mc).contains(object));
            assert!(set.borrow_mut(mc).insert(mc, object) && !set.borrow_mut(mc).insert(mc, object));
            assert!(set.borrow(mc).contains(object));
            number.is_multiple_of(3).then(|| mc.root(object))
        };
        (0..300).filter_map(add).collect()
    });
    let found = |heap: &Heap| {
        heap.mutate(|mc| {
            let mut found: Vec<u64> = set.get(mc).borrow(mc).iter(mc).map(|object| object[1]).collect();
            found.sort_unstable();
            found
        })
    };
    heap.collect().unwrap();
    assert!(found(&heap).into_iter().eq((0..300).step_by(3)));
    heap.mutate(|mc| {
        let mut set = set.get(mc).borrow_mut(mc);
        assert!(set.remove(roots[1].get(mc)) && !set.remove(roots[1].get(mc)));
        set.retain(mc, |object| !object[0].is_multiple_of(2));
        assert_eq!(set.len(), 49);
    });
    roots.truncate(4);
    heap.collect().unwrap();
    assert_eq!(found(&heap), [9]);
    heap.mutate(|mc| {
        let mut set = set.get(mc).borrow_mut(mc);
        set.purge(mc);
        assert_eq!(set.len(), 1);
        set.clear();
        assert!(set.is_empty() && !set.contains(roots[3].get(mc)));
    });
}

/// A large map is traced in pieces, by several threads.
#[test]
fn a_large_map_on_several_threads() {
    let pool = Arc::new(rayon::ThreadPoolBuilder::new().num_threads(3).build().unwrap());
    let heap = Heap::builder().automatic(false).mark_threads(4).mark_pool(pool).build();
    let n = tests::rounds(100_000);
    let ledger = Ledger::new(2 * n);
    let (weak, keys) = heap.mutate(|mc| {
        let mut weak = WeakMap::new();
        let keys: Vec<_> = (0..n).map(|_| Gc::new(mc, ledger.canary())).collect();
        keys.iter().for_each(|&key| _ = weak.insert(mc, key, Gc::new(mc, ledger.canary())));
        (mc.root(Gc::new(mc, GcRefCell::new(weak))), mc.root(Gc::from_slice(mc, &keys[..n / 2])))
    });
    heap.collect().unwrap();
    assert_eq!(ledger.alive(), n / 2 * 2);
    heap.mutate(|mc| {
        let weak = weak.get(mc).borrow(mc);
        assert!(keys.get(mc).iter().all(|&key| weak.get(key).unwrap().id() == key.id() + n));
        assert_eq!(weak.iter(mc).count(), n / 2);
    });
    drop(keys);
    heap.collect().unwrap();
    ledger.assert_all_dropped();
}
