//! Keys of weak-value maps whose code panics or comes back to the map.

use std::cell::Cell;

use gc::{Cache, Gc, GcRefCell, Heap, Root, WeakValueMap};

use super::odd::{IN_DROP, IN_EQ, IN_HASH, Odd, Stamped, panics};

fn heap() -> Heap {
    Heap::builder().automatic(false).build()
}

type Odds = Root<GcRefCell<WeakValueMap<'static, Odd, u32>>>;

fn odds(heap: &Heap) -> Odds {
    heap.mutate(|mc| Root::new(mc, Gc::new(mc, GcRefCell::default())))
}

/// `Hash`, `Eq` and closures that panic: that comes out, and nothing is lost.
#[test]
fn hash_and_eq_that_panic() {
    let heap = heap();
    let map = odds(&heap);
    heap.mutate(|mc| {
        let map = map.get(mc);
        let objects: Vec<Gc<'_, u32>> = (0..20).map(|number| Gc::new(mc, number)).collect();
        for (number, &object) in (0..).zip(&objects) {
            map.borrow_mut(mc).insert(mc, Odd(number), object);
        }
        let is_whole = || {
            assert_eq!((map.borrow(mc).len(), map.borrow(mc).iter(mc).count()), (20, 20));
            for (number, &object) in (0..).zip(&objects) {
                assert!(Gc::ptr_eq(map.borrow(mc).get(mc, &Odd(number)).unwrap(), object));
            }
        };
        for number in 0..40 {
            for place in [&IN_HASH, &IN_EQ] {
                let fails = || place.with(|place| place.set(Some(|| panic!("on purpose"))));
                fails();
                panics(|| _ = map.borrow_mut(mc).insert(mc, Odd(number), Gc::new(mc, number)));
                fails();
                panics(|| _ = map.borrow(mc).get(mc, &Odd(number)));
                fails();
                panics(|| _ = map.borrow_mut(mc).remove(mc, &Odd(number)));
                fails();
                panics(|| _ = map.borrow_mut(mc).get_or_insert_with(mc, Odd(number), |_| unreachable!()));
                is_whole();
            }
        }
        panics(|| _ = map.borrow_mut(mc).get_or_insert_with(mc, Odd(1000), |_| panic!("on purpose")));
        is_whole();
    });
    heap.verify();
}

/// The destructor of a dead entry's key panics: that entry is gone, and all others are there.
#[test]
fn keys_whose_destructors_panic() {
    let heap = heap();
    let map = odds(&heap);
    let kept: Vec<Root<u32>> = heap.mutate(|mc| {
        let new = |number: u32| {
            let object = Gc::new(mc, number);
            map.get(mc).borrow_mut(mc).insert(mc, Odd(number), object);
            number.is_multiple_of(3).then(|| mc.root(object))
        };
        (0..30).filter_map(new).collect()
    });
    heap.collect().unwrap();
    heap.mutate(|mc| {
        let map = map.get(mc);
        for left in (10..30).rev() {
            IN_DROP.set(Some(|| panic!("on purpose")));
            panics(|| map.borrow_mut(mc).purge(mc));
            let map = map.borrow(mc);
            assert_eq!((map.len(), map.iter(mc).count()), (left, 10), "each drops one entry");
            assert!(
                kept.iter().all(|root| Gc::ptr_eq(map.get(mc, &Odd(*root.get(mc))).unwrap(), root.get(mc)))
            );
        }
    });
    heap.verify();
}

/// Code of keys that comes back to the map is told so by the cell, and may allocate.
#[test]
fn hash_and_eq_that_come_back() {
    thread_local! {
        static HEAP: Cell<Option<(Heap, Odds)>> = const { Cell::new(None) };
        static REFUSED: Cell<u32> = const { Cell::new(0) };
    }
    fn come_back() {
        let (heap, map) = HEAP.take().expect("set");
        heap.mutate(|mc| {
            (0..100).for_each(|number| _ = Gc::new(mc, number));
            REFUSED.set(REFUSED.get() + u32::from(map.get(mc).try_borrow_mut(mc).is_err()));
        });
        HEAP.set(Some((heap, map)));
    }
    let heap = heap();
    let map = odds(&heap);
    HEAP.set(Some((heap.clone(), map.clone())));
    heap.mutate(|mc| {
        let map = map.get(mc);
        let objects: Vec<Gc<'_, u32>> = (0..40).map(|number| Gc::new(mc, number)).collect();
        for (number, &object) in (0..).zip(&objects) {
            IN_HASH.set(Some(come_back));
            if number >= 4 {
                IN_EQ.set(Some(come_back));
            }
            assert!(map.borrow_mut(mc).insert(mc, Odd(number), object).is_none());
        }
        assert_eq!(REFUSED.get(), 40 + 36);
        for (number, &object) in (0..).zip(&objects) {
            assert!(Gc::ptr_eq(map.borrow(mc).get(mc, &Odd(number)).unwrap(), object));
        }
    });
    HEAP.set(None);
}

/// A key stays as long as its object lives, as in a map of std. Of a dead one nothing is left, its key included.
#[test]
fn a_key_stays_as_long_as_its_object() {
    const N: u32 = 1000;
    let heap = heap();
    let map: Root<GcRefCell<WeakValueMap<'static, Stamped, u32>>> =
        heap.mutate(|mc| Root::new(mc, Gc::new(mc, GcRefCell::default())));
    // Nothing is held: the limit is zero.
    let cache: Root<GcRefCell<Cache<'static, Stamped, u32>>> =
        heap.mutate(|mc| Root::new(mc, Gc::new(mc, GcRefCell::new(Cache::new(0)))));
    let insert = |stamp| -> Vec<Root<u32>> {
        heap.mutate(|mc| {
            let (mut map, mut cache) = (map.get(mc).borrow_mut(mc), cache.get(mc).borrow_mut(mc));
            let insert = |number| {
                let (key, object) = (Stamped { number, stamp }, Gc::new(mc, number));
                map.insert(mc, key, object);
                cache.insert(mc, key, object, 1);
                mc.root(object)
            };
            (0..N).map(insert).collect()
        })
    };
    let stamps_are = |stamp| {
        heap.mutate(|mc| {
            let (map, cache) = (map.get(mc).borrow(mc), cache.get(mc).borrow(mc));
            assert_eq!((map.iter(mc).count(), cache.iter(mc).count()), (N as usize, N as usize));
            assert!(map.iter(mc).all(|(key, _)| key.stamp == stamp));
            assert!(cache.iter(mc).all(|(key, _)| key.stamp == stamp));
        });
    };
    let first = insert('a');
    let second = insert('b');
    stamps_are('a');
    drop((first, second));
    heap.collect().unwrap();
    let third = insert('c');
    stamps_are('c');
    drop(third);
}
