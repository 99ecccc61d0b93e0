//! Weak-value maps against a map that keeps what it should, and what becomes of dead entries and their keys.

use std::collections::BTreeMap;
use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, BuildHasherDefault, Hash, Hasher};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use gc::{Gc, GcCell, GcRefCell, GcRwLock, Heap, Mutation, Root, Trace, WeakValueMap};
use tests::canary::{Canary, Ledger};
use tests::programs::random::Random;

use super::unswept::Unswept;

fn heap() -> Heap {
    Heap::builder().automatic(false).build()
}

/// All hashes are equal.
#[derive(Default)]
struct OneHash;

impl Hasher for OneHash {
    fn finish(&self) -> u64 {
        7
    }
    fn write(&mut self, _: &[u8]) {}
}

/// A key that counts its drops.
#[derive(Debug, Trace)]
struct Key {
    number: u64,
    canary: Canary,
}

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.number.hash(state);
    }
}
impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        self.canary.id();
        self.number == other.number
    }
}
impl Eq for Key {}
impl std::borrow::Borrow<u64> for Key {
    fn borrow(&self) -> &u64 {
        self.canary.id();
        &self.number
    }
}

type Map<S> = Root<GcRefCell<WeakValueMap<'static, Key, Canary, S>>>;

/// A map beside a model that knows which objects are kept.
struct Beside<S: 'static> {
    heap: Heap,
    random: Random,
    ledger: Arc<Ledger>,
    map: Map<S>,
    /// What is kept, and is in the map.
    model: BTreeMap<u64, Root<Canary>>,
    /// What is in the map until the next cycle.
    unkept: BTreeMap<u64, usize>,
}

impl<S: BuildHasher + Default + Send + Sync + 'static> Beside<S> {
    fn new(seed: u64) -> Self {
        let heap = heap();
        let map = heap.mutate(|mc| Root::new(mc, Gc::new(mc, GcRefCell::default())));
        let ledger = Ledger::new(20_000);
        Self { heap, random: Random::new(seed), ledger, map, model: BTreeMap::new(), unkept: BTreeMap::new() }
    }

    /// What is found of a key is what the model says.
    fn check<'gc>(&self, mc: &Mutation<'gc>, number: u64, found: Option<Gc<'gc, Canary>>) {
        match (self.model.get(&number), self.unkept.get(&number), found) {
            (Some(root), None, Some(found)) => assert!(Gc::ptr_eq(root.get(mc), found)),
            (None, Some(&id), Some(found)) => assert_eq!(found.id(), id, "not the one that was last"),
            (None, None, None) => {}
            (known, last, found) => panic!("key {number}: model {known:?} or {last:?}, map {found:?}"),
        }
    }

    fn step(&mut self, mc: &Mutation<'_>, keys: u64) {
        let (map, number) = (self.map.get(mc), self.random.index(usize::try_from(keys).unwrap()) as u64);
        let key = || Key { number, canary: self.ledger.canary() };
        let fresh = || Gc::new(mc, self.ledger.canary());
        let now = match self.random.below(8) {
            0..=2 => {
                let fresh = fresh();
                self.check(mc, number, map.borrow_mut(mc).insert(mc, key(), fresh));
                Some(fresh)
            }
            3 => {
                let mut is_new = false;
                let found = map.borrow_mut(mc).get_or_insert_with(mc, key(), |key| {
                    assert_eq!(key.number, number);
                    is_new = true;
                    fresh()
                });
                self.check(mc, number, (!is_new).then_some(found));
                Some(found)
            }
            4 => {
                self.check(mc, number, map.borrow_mut(mc).remove(mc, &number));
                None
            }
            5 => {
                // Not kept any more.
                let Some(root) = self.model.remove(&number) else { return };
                self.unkept.insert(number, root.get(mc).id());
                return;
            }
            _ => {
                let found = map.borrow(mc).get(mc, &number);
                assert_eq!(map.borrow(mc).contains_key(mc, &number), found.is_some());
                return self.check(mc, number, found);
            }
        };
        self.model.remove(&number);
        self.unkept.remove(&number);
        if let Some(now) = now {
            if self.random.one_in(2) {
                self.model.insert(number, mc.root(now));
            } else {
                self.unkept.insert(number, now.id());
            }
        }
    }

    fn collect_and_compare(&mut self) {
        self.heap.collect().unwrap();
        self.unkept.clear();
        let (retains, purges) = (self.random.one_in(4), self.random.one_in(3));
        self.heap.mutate(|mc| {
            let map = self.map.get(mc);
            if retains {
                map.borrow_mut(mc).retain(mc, |key, value| {
                    assert!(Gc::ptr_eq(self.model[&key.number].get(mc), value));
                    key.number % 3 != 0
                });
                self.model.retain(|number, _| number % 3 != 0);
            } else if purges {
                map.borrow_mut(mc).purge(mc);
            }
            let map = map.borrow(mc);
            let found: BTreeMap<u64, usize> =
                map.iter(mc).map(|(key, value)| (key.number, value.id())).collect();
            let expected = self.model.iter().map(|(&number, root)| (number, root.get(mc).id()));
            assert_eq!(found, expected.collect());
            assert!(map.len() >= found.len() && (!(purges || retains) || map.len() == found.len()));
        });
        self.heap.verify();
    }
}

fn is_a_map_of_what_lives<S: BuildHasher + Default + Send + Sync + 'static>(rounds: usize) {
    for seed in 1..=rounds as u64 {
        let mut beside = Beside::<S>::new(seed);
        let heap = beside.heap.clone();
        for _ in 0..200 {
            heap.mutate(|mc| (0..beside.random.below(20)).for_each(|_| beside.step(mc, 5 + seed % 3 * 40)));
            if beside.random.one_in(10) {
                beside.collect_and_compare();
            }
        }
        let Beside { ledger, map, model, .. } = beside;
        drop(model);
        heap.collect().unwrap();
        heap.mutate(|mc| map.get(mc).borrow_mut(mc).purge(mc));
        heap.collect().unwrap();
        ledger.assert_all_dropped();
        assert_eq!((heap.stats().objects(), heap.stats().owned_bytes), (1, 0), "the map");
    }
}

#[test]
fn a_weak_value_map_is_a_map_of_what_lives() {
    is_a_map_of_what_lives::<RandomState>(tests::rounds(60));
    is_a_map_of_what_lives::<BuildHasherDefault<OneHash>>(tests::rounds(20));
}

type Numbers = Root<GcRefCell<WeakValueMap<'static, u64, u64>>>;

fn numbers(heap: &Heap) -> Numbers {
    heap.mutate(|mc| Root::new(mc, Gc::new(mc, GcRefCell::default())))
}

/// A dead entry gives way to its successor, which no late removal takes.
#[test]
fn a_successor_is_not_removed_with_its_predecessor() {
    let heap = heap();
    let numbers = numbers(&heap);
    for round in 0..20 {
        let kept: Vec<Root<u64>> = heap.mutate(|mc| {
            let mut numbers = numbers.get(mc).borrow_mut(mc);
            let new = |number: u64| {
                let object = Gc::new(mc, round * 1000 + number);
                assert!(numbers.insert(mc, number, object).is_none(), "dead since the last round");
                mc.root(object)
            };
            (0..50).map(new).collect()
        });
        heap.mutate(|mc| {
            let mut numbers = numbers.get(mc).borrow_mut(mc);
            // Each looks for what is dead.
            (1000..1500).for_each(|number| _ = numbers.insert(mc, number, Gc::new(mc, number)));
            if round % 2 == 0 {
                numbers.purge(mc);
            }
        });
        heap.collect().unwrap();
        heap.mutate(|mc| {
            let numbers = numbers.get(mc).borrow(mc);
            let is_there = |(number, root): (u64, &Root<u64>)| {
                Gc::ptr_eq(numbers.get(mc, &number).unwrap(), root.get(mc))
            };
            assert!((0..).zip(&kept).all(is_there), "round {round}");
        });
        drop(kept);
        heap.collect().unwrap();
    }
}

/// Each insertion removes some of what is dead: a map whose objects come and go stays small, and so does the heap.
#[test]
fn a_map_whose_objects_come_and_go_stays_small() {
    let (heap, n) = (heap(), tests::rounds(100_000) as u64);
    let numbers = numbers(&heap);
    let mut most = (0, 0, 0);
    for number in 0..n {
        heap.mutate(|mc| numbers.get(mc).borrow_mut(mc).insert(mc, number, Gc::new(mc, number)).is_none());
        if number % 100 == 0 {
            heap.collect().unwrap();
            let len = heap.mutate(|mc| numbers.get(mc).borrow(mc).len());
            let stats = heap.stats();
            most = (most.0.max(len), most.1.max(stats.objects()), most.2.max(stats.owned_bytes));
        }
    }
    assert!(most.0 <= 400 && most.1 <= 1500 && most.2 <= 24 << 10, "{most:?}");
}

/// Dead entries are gone after as many insertions as a quarter of the table has places, though it never is full.
#[test]
fn dead_entries_are_removed_by_insertions() {
    let (heap, n) = (heap(), tests::rounds(10_000) as u64);
    let numbers = numbers(&heap);
    heap.mutate(|mc| {
        let mut numbers = numbers.get(mc).borrow_mut(mc);
        (0..n).for_each(|number| _ = numbers.insert(mc, number, Gc::new(mc, number)));
    });
    heap.collect().unwrap();
    heap.mutate(|mc| {
        let (mut numbers, seven) = (numbers.get(mc).borrow_mut(mc), Gc::new(mc, 7));
        for _ in 0..n.next_power_of_two() * 2 / 4 + n / 4 + 2 {
            numbers.insert(mc, n, seven);
        }
        assert_eq!(numbers.len(), 1, "of {n} dead entries");
    });
}

/// Keys are traced: what they lead to is kept, and so is an object to which its own key leads.
#[test]
fn keys_are_owners() {
    #[derive(Trace)]
    struct Node<'gc> {
        canary: Canary,
        next: GcCell<Option<Gc<'gc, Node<'gc>>>>,
    }
    type ByNode<'gc> = GcRefCell<WeakValueMap<'gc, gc::ByAddress<'gc, Node<'gc>>, Node<'gc>>>;

    let (heap, ledger) = (heap(), Ledger::new(5));
    let (map, roots): (Root<ByNode<'static>>, _) = heap.mutate(|mc| {
        let map: Gc<'_, ByNode<'_>> = Gc::new(mc, GcRefCell::default());
        let nodes = [(); 5].map(|()| Gc::new(mc, Node { canary: ledger.canary(), next: GcCell::new(None) }));
        nodes[0].next.set(mc, Some(nodes[1])); // 0 => 1, and leads to it
        map.borrow_mut(mc).insert(mc, gc::ByAddress(nodes[0]), nodes[1]);
        map.borrow_mut(mc).insert(mc, gc::ByAddress(nodes[2]), nodes[3]); // 2 => 3, which is kept
        map.borrow_mut(mc).insert(mc, gc::ByAddress(nodes[3]), nodes[4]); // 3 => 4
        (mc.root(map), mc.root(nodes[3]))
    });
    for _ in 0..2 {
        heap.collect().unwrap();
        assert!((0..5).all(|id| ledger.is_alive(id) == (id < 4)));
        heap.mutate(|mc| {
            let mut map = map.get(mc).borrow_mut(mc);
            let mut found: Vec<_> =
                map.iter(mc).map(|(key, value)| (key.canary.id(), value.canary.id())).collect();
            found.sort_unstable();
            assert_eq!(found, [(0, 1), (2, 3)]);
            map.purge(mc);
        });
    }
    drop(roots);
    heap.collect().unwrap();
    assert!(
        (0..5).all(|id| ledger.is_alive(id) == (id < 3)),
        "the key of a dead entry stays until it is removed"
    );
    heap.mutate(|mc| map.get(mc).borrow_mut(mc).purge(mc));
    heap.collect().unwrap();
    assert!((0..5).all(|id| ledger.is_alive(id) == (id < 2)));
    heap.mutate(|mc| map.get(mc).borrow_mut(mc).clear());
    heap.collect().unwrap();
    ledger.assert_all_dropped();
}

/// What keys own is counted.
#[test]
fn what_keys_own_is_told() {
    let heap = heap();
    let (map, root): (Root<GcRefCell<WeakValueMap<'static, String, u64>>>, _) = heap.mutate(|mc| {
        let (map, object) =
            (Gc::new(mc, GcRefCell::<WeakValueMap<'_, String, u64>>::default()), Gc::new(mc, 7));
        map.borrow_mut(mc).insert(mc, "x".repeat(10_000), object);
        (mc.root(map), mc.root(object))
    });
    heap.collect().unwrap();
    assert!((10_000..10_400).contains(&heap.stats().owned_bytes), "{}", heap.stats().owned_bytes);
    drop(root);
    heap.collect().unwrap();
    heap.mutate(|mc| map.get(mc).borrow_mut(mc).purge(mc));
    heap.collect().unwrap();
    assert_eq!(heap.stats().owned_bytes, 0);
}

/// A finalizer that revives an object does not bring it back into the map.
#[test]
fn an_object_that_is_revived() {
    let heap = Heap::builder().automatic(false).run_by_hand(true).build();
    let numbers = numbers(&heap);
    let revived: Arc<Mutex<Option<Root<u64>>>> = Arc::default();
    heap.mutate(|mc| {
        let (revived, object) = (Arc::clone(&revived), Gc::new(mc, 7));
        mc.set_finalizer(object, move |object: gc::Finalized<u64>| {
            *revived.lock().unwrap() = Some(object.into_root());
        })
        .unwrap();
        numbers.get(mc).borrow_mut(mc).insert(mc, 1, object);
    });
    heap.collect().unwrap();
    heap.mutate(|mc| assert!(numbers.get(mc).borrow(mc).get(mc, &1).is_none()));
    heap.run_pending().unwrap();
    let revived = revived.lock().unwrap().take().unwrap();
    heap.mutate(|mc| {
        let mut numbers = numbers.get(mc).borrow_mut(mc);
        assert!(numbers.get(mc, &1).is_none());
        assert!(numbers.insert(mc, 1, revived.get(mc)).is_none());
        assert!(Gc::ptr_eq(numbers.get(mc, &1).unwrap(), revived.get(mc)));
    });
}

/// When a cycle has marked, and nothing is swept yet, no dead object is given.
#[test]
fn a_dead_object_whose_page_is_not_swept() {
    let unswept = Unswept::new();
    let heap = unswept.heap.clone();
    let (numbers, n) = (numbers(&heap), tests::rounds(10_000) as u64);
    let kept: Vec<Root<u64>> = heap.mutate(|mc| {
        let mut numbers = numbers.get(mc).borrow_mut(mc);
        let new = |number: u64| {
            let object = Gc::new(mc, number);
            numbers.insert(mc, number, object);
            number.is_multiple_of(2).then(|| mc.root(object))
        };
        (0..n).filter_map(new).collect()
    });
    unswept.look(|| {
        heap.mutate(|mc| {
            let numbers = numbers.get(mc).borrow(mc);
            for number in 0..n {
                let found = numbers.get(mc, &number).map(|object| *object);
                assert_eq!(found, number.is_multiple_of(2).then_some(number));
            }
        });
    });
    drop(kept);
}

/// Several threads load what is missing, by the lock that the map is in: what is in use is never loaded twice.
#[test]
fn several_threads_use_one_map() {
    let (heap, n) = (Heap::builder().min_heap_bytes(64 << 10).build(), tests::rounds(20_000) as u64);
    let map: Root<GcRwLock<WeakValueMap<'static, u64, Canary>>> =
        heap.mutate(|mc| Root::new(mc, Gc::new(mc, GcRwLock::default())));
    let ledger = Ledger::new(4 * tests::rounds(20_000));
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let (heap, map, ledger) = (&heap, &map, &ledger);
            scope.spawn(move || {
                let mut kept: BTreeMap<u64, Root<Canary>> = BTreeMap::new();
                let mut random = Random::new(thread);
                for _ in 0..n {
                    heap.mutate(|mc| {
                        let (number, map) = (u64::from(random.below(100)), map.get(mc));
                        let found = map.read(mc).get(mc, &number);
                        let object = found.unwrap_or_else(|| {
                            map.write(mc).get_or_insert_with(mc, number, |_| Gc::new(mc, ledger.canary()))
                        });
                        object.id();
                        if let Some(known) = kept.get(&number) {
                            assert!(Gc::ptr_eq(known.get(mc), object), "two objects of {number}");
                        } else if random.one_in(20) {
                            kept.insert(number, mc.root(object));
                        } else if random.one_in(20) {
                            kept.pop_first();
                        }
                    });
                }
            });
        }
    });
    heap.collect().unwrap();
    heap.mutate(|mc| assert_eq!(map.get(mc).read(mc).iter(mc).count(), 0));
    heap.wait_for_pending_timeout(Duration::from_secs(20)).unwrap();
    ledger.assert_all_dropped();
    heap.verify();
}

/// A large map is traced in pieces, by several threads.
#[test]
fn a_large_map_on_several_threads() {
    let pool = Arc::new(rayon::ThreadPoolBuilder::new().num_threads(3).build().unwrap());
    let heap = Heap::builder().automatic(false).mark_threads(4).mark_pool(pool).build();
    let n = tests::rounds(100_000);
    let ledger = Ledger::new(2 * n);
    // Keys with edges, whose objects are half of them kept.
    type ByCanary<'gc> = WeakValueMap<'gc, gc::ByAddress<'gc, Canary>, Canary>;
    let (map, kept): (Root<GcRefCell<ByCanary<'static>>>, Root<[Gc<'static, Canary>]>) = heap.mutate(|mc| {
        let (mut map, mut objects) = (ByCanary::new(), Vec::new());
        for _ in 0..n {
            let [key, object] = [(); 2].map(|()| Gc::new(mc, ledger.canary()));
            map.insert(mc, gc::ByAddress(key), object);
            objects.push(object);
        }
        (mc.root(Gc::new(mc, GcRefCell::new(map))), mc.root(Gc::from_slice(mc, &objects[..n / 2])))
    });
    heap.collect().unwrap();
    assert_eq!(ledger.alive(), n + n / 2);
    heap.mutate(|mc| {
        let mut map = map.get(mc).borrow_mut(mc);
        assert!(map.iter(mc).all(|(key, object)| key.id() + 1 == object.id()));
        map.purge(mc);
        assert_eq!(map.len(), n / 2);
    });
    drop(kept);
    heap.collect().unwrap();
    heap.mutate(|mc| map.get(mc).borrow_mut(mc).clear());
    heap.collect().unwrap();
    ledger.assert_all_dropped();
}
