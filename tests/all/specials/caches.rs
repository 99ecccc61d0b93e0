//! Caches against a list that is moved at each use, and what is kept by whom.

use std::sync::Arc;

use gc::{Cache, Gc, GcRefCell, Heap, Mutation, Root};
use tests::canary::{Canary, Ledger};
use tests::programs::random::Random;

use super::odd::{IN_DROP, IN_EQ, Odd, panics};

fn heap() -> Heap {
    Heap::builder().automatic(false).build()
}

type Canaries = Root<GcRefCell<Cache<'static, u64, Canary>>>;

fn cache(heap: &Heap, limit: usize) -> Canaries {
    heap.mutate(|mc| Root::new(mc, Gc::new(mc, GcRefCell::new(Cache::new(limit)))))
}

/// An entry, as the model has it.
struct Known {
    key: u64,
    id: usize,
    cost: usize,
    held: bool,
    root: Option<Root<Canary>>,
}

/// A cache beside a model.
struct Beside {
    heap: Heap,
    random: Random,
    ledger: Arc<Ledger>,
    cache: Canaries,
    limit: usize,
    /// By use, the last one in the end.
    model: Vec<Known>,
}

impl Beside {
    fn new(seed: u64) -> Self {
        let heap = heap();
        let (cache, ledger) = (cache(&heap, 10), Ledger::new(20_000));
        Self { heap, random: Random::new(seed), ledger, cache, limit: 10, model: Vec::new() }
    }

    fn take(&mut self, key: u64) -> Option<Known> {
        let at = self.model.iter().position(|known| known.key == key)?;
        Some(self.model.remove(at))
    }

    fn cost(&self) -> usize {
        self.model.iter().filter(|known| known.held).map(|known| known.cost).sum()
    }

    /// This was used.
    fn put(&mut self, mut known: Known) {
        known.held = known.cost <= self.limit;
        self.model.push(known);
        self.keep_limit();
    }

    fn keep_limit(&mut self) {
        while self.cost() > self.limit {
            self.model.iter_mut().find(|known| known.held).unwrap().held = false;
        }
    }

    fn step(&mut self, mc: &Mutation<'_>) {
        let (cache, key) = (self.cache.get(mc), u64::from(self.random.below(30)));
        let ledger = Arc::clone(&self.ledger);
        let fresh = || Gc::new(mc, ledger.canary());
        let id = |found: Option<Gc<'_, Canary>>| found.map(|found| found.id());
        // Now and then more than fits, and now and then nothing.
        let cost = self.random.index(12);
        match self.random.below(10) {
            0 | 1 => {
                let (object, before) = (fresh(), self.take(key));
                let found = cache.borrow_mut(mc).insert(mc, key, object, cost);
                assert_eq!(id(found), before.map(|before| before.id));
                let root = self.random.one_in(3).then(|| mc.root(object));
                self.put(Known { key, id: object.id(), cost, held: false, root });
            }
            2..=4 => {
                let found = id(cache.borrow_mut(mc).get(mc, &key));
                let known = self.take(key);
                assert_eq!(found, known.as_ref().map(|known| known.id));
                if let Some(known) = known {
                    self.put(known);
                }
            }
            5 => {
                let object = cache.borrow_mut(mc).get_or_insert_with(mc, key, |_| (fresh(), cost));
                let new = || Known { key, id: object.id(), cost, held: false, root: None };
                let known = self.take(key).unwrap_or_else(new);
                assert_eq!(object.id(), known.id);
                self.put(known);
            }
            6 => {
                let found = cache.borrow(mc).peek(mc, &key);
                let known = self.model.iter().find(|known| known.key == key);
                assert_eq!(id(found), known.map(|known| known.id));
            }
            7 => {
                let found = cache.borrow_mut(mc).remove(mc, &key);
                assert_eq!(id(found), self.take(key).map(|known| known.id));
            }
            8 if self.random.one_in(5) => {
                self.limit = self.random.index(40);
                cache.borrow_mut(mc).set_limit(self.limit);
                self.keep_limit();
            }
            8 if self.random.one_in(50) => {
                cache.borrow_mut(mc).clear();
                self.model.clear();
            }
            _ => {
                let at = self.random.index(self.model.len().max(1));
                if let Some(known) = self.model.get_mut(at) {
                    known.root = None;
                }
            }
        }
        let cache = cache.borrow(mc);
        assert_eq!(
            (cache.cost(), cache.held()),
            (self.cost(), self.model.iter().filter(|known| known.held).count())
        );
    }

    fn collect_and_compare(&mut self) {
        self.heap.collect().unwrap();
        self.model.retain(|known| known.held || known.root.is_some());
        let purges = self.random.one_in(3);
        self.heap.mutate(|mc| {
            let cache = self.cache.get(mc);
            if purges {
                cache.borrow_mut(mc).purge(mc);
                assert_eq!(cache.borrow(mc).len(), self.model.len());
            }
            let mut found: Vec<_> =
                cache.borrow(mc).iter(mc).map(|(&key, value)| (key, value.id())).collect();
            let mut expected: Vec<_> = self.model.iter().map(|known| (known.key, known.id)).collect();
            found.sort_unstable();
            expected.sort_unstable();
            assert_eq!(found, expected);
        });
        assert_eq!(self.ledger.alive(), self.model.len(), "nothing else is kept");
        self.heap.verify();
    }
}

#[test]
fn a_cache_keeps_what_was_used_last() {
    for seed in 1..=tests::rounds(100) as u64 {
        let mut beside = Beside::new(seed);
        let heap = beside.heap.clone();
        for _ in 0..200 {
            heap.mutate(|mc| (0..beside.random.below(20)).for_each(|_| beside.step(mc)));
            if beside.random.one_in(10) {
                beside.collect_and_compare();
            }
        }
        let Beside { ledger, cache, model, .. } = beside;
        drop(model);
        heap.mutate(|mc| cache.get(mc).borrow_mut(mc).set_limit(0));
        heap.mutate(|mc| cache.get(mc).borrow_mut(mc).clear());
        heap.collect().unwrap();
        ledger.assert_all_dropped();
        drop(cache);
        heap.collect().unwrap();
        assert_eq!((heap.stats().objects(), heap.stats().owned_bytes), (0, 0));
    }
}

/// What is let go is found as long as something else keeps it, and is held again when it is found.
#[test]
fn what_is_in_use_is_never_made_twice() {
    let (heap, ledger) = (heap(), Ledger::new(1001));
    let cache = cache(&heap, 3);
    let used: Root<Canary> = heap.mutate(|mc| {
        let object = Gc::new(mc, ledger.canary());
        cache.get(mc).borrow_mut(mc).insert(mc, 0, object, 1);
        mc.root(object)
    });
    for number in 1..=1000 {
        heap.mutate(|mc| {
            let object = Gc::new(mc, ledger.canary());
            cache.get(mc).borrow_mut(mc).insert(mc, number, object, 1);
        });
        if number % 100 == 0 {
            heap.collect().unwrap();
            assert_eq!(ledger.alive(), 4);
        }
    }
    heap.mutate(|mc| {
        let made = |_: &u64| unreachable!("it is in use");
        let found = cache.get(mc).borrow_mut(mc).get_or_insert_with(mc, 0, made);
        assert!(Gc::ptr_eq(found, used.get(mc)));
    });
    drop(used);
    heap.collect().unwrap();
    assert!(ledger.is_alive(0), "it is held again");
    assert_eq!(ledger.alive(), 3);
}

/// One that costs more than the limit lets go of nothing else.
#[test]
fn what_costs_too_much() {
    let (heap, ledger) = (heap(), Ledger::new(4));
    let cache = cache(&heap, usize::MAX);
    heap.mutate(|mc| {
        let mut cache = cache.get(mc).borrow_mut(mc);
        let mut insert = |key: u64, cost| cache.insert(mc, key, Gc::new(mc, ledger.canary()), cost).is_none();
        assert!(insert(0, usize::MAX / 2) && insert(1, usize::MAX / 2), "sums do not overflow");
        assert_eq!((cache.cost(), cache.held()), (usize::MAX / 2, 1));
        cache.set_limit(10);
        assert_eq!(cache.held(), 0);
        let mut insert = |key: u64, cost| cache.insert(mc, key, Gc::new(mc, ledger.canary()), cost).is_none();
        assert!(insert(2, 10) && insert(3, 11));
        assert_eq!(cache.held(), 1);
        assert_eq!(cache.peek(mc, &3).unwrap().id(), 3);
        assert!(cache.get(mc, &3).is_some());
        assert_eq!(cache.cost(), 10);
    });
    heap.collect().unwrap();
    assert!((0..4).all(|id| ledger.is_alive(id) == (id == 2)));
}

/// Code of keys and closures that panics leaves the cache whole.
#[test]
fn code_that_panics() {
    let heap = heap();
    heap.mutate(|mc| {
        let mut cache = Cache::new(8);
        let objects: Vec<Gc<'_, u32>> = (0..20).map(|number| Gc::new(mc, number)).collect();
        for (number, &object) in (0..).zip(&objects) {
            cache.insert(mc, Odd(number), object, 1);
        }
        let is_whole = |cache: &Cache<'_, Odd, u32>, n: usize| {
            assert_eq!((cache.len(), cache.held(), cache.cost()), (n, 8, 8));
        };
        let fails: fn() = || panic!("on purpose");
        for number in 0..20 {
            IN_EQ.set(Some(fails));
            panics(|| _ = cache.get(mc, &Odd(number)));
            IN_EQ.set(Some(fails));
            panics(|| _ = cache.remove(mc, &Odd(number)));
            IN_EQ.set(Some(fails));
            panics(|| _ = cache.insert(mc, Odd(number), objects[0], 1));
            panics(|| _ = cache.get_or_insert_with(mc, Odd(100), |_| panic!("on purpose")));
            is_whole(&cache, 20);
            // The key that was there stays, and the new one is dropped when all is done.
            IN_DROP.set(Some(fails));
            let again = Odd(number);
            panics(|| _ = cache.insert(mc, again, objects[number as usize], 1));
            is_whole(&cache, 20);
            let found = cache.peek(mc, &Odd(number)).unwrap();
            assert!(Gc::ptr_eq(found, objects[number as usize]));
        }
        let gone = Odd(19);
        IN_DROP.set(Some(fails));
        panics(|| _ = cache.remove(mc, &gone));
        assert_eq!((cache.len(), cache.held(), cache.cost()), (19, 7, 7));
    });
    heap.verify();
}
