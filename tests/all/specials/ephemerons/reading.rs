//! Key and value are read together or not at all: while spans are swept, before, and when slots are used again.

use gc::{Ephemeron, Gc};
use tests::canary::Ledger;

use super::super::unswept::Unswept;
use super::{Link, Pair, heap, ids, node};

/// [13] Another object in the slot of a dead key is not the key.
#[test]
fn another_object_in_the_place_of_the_key() {
    let heap = heap();
    let (pair, address) = heap.mutate(|mc| {
        let key = Gc::new(mc, 1_u64);
        (mc.root(Ephemeron::new(mc, key, 7)), Gc::as_ptr(key).addr())
    });
    for _ in 0..3 {
        heap.collect().unwrap();
        let again = heap.mutate(|mc| {
            let key = std::iter::repeat_with(|| Gc::new(mc, 2_u64)).take(10_000);
            let key =
                key.into_iter().find(|key| Gc::as_ptr(*key).addr() == address).expect("the slot is free");
            let again = Ephemeron::new(mc, key, 8);
            assert_eq!((pair.get(mc).value(mc), again.value(mc)), (None, Some(&8)));
            mc.root(again)
        });
        heap.collect().unwrap();
        heap.mutate(|mc| assert_eq!((pair.get(mc).value(mc), again.get(mc).value(mc)), (None, None)));
    }
}

/// A value that was read stays as long as the mutation, whatever is let go meanwhile.
#[test]
fn a_value_stays_as_long_as_the_mutation() {
    let (heap, ledger) = (heap(), Ledger::new(2));
    let (mut key, pair) = heap.mutate(|mc| {
        let key = node(mc, &ledger);
        let pair: Gc<'_, Pair<'_>> = Ephemeron::new(mc, key, node(mc, &ledger));
        (Some(mc.root(key)), mc.root(pair))
    });
    heap.mutate(|mc| {
        let value = *Gc::as_ref(pair.get(mc)).value(mc).unwrap();
        key = None;
        assert!(heap.collect().is_err());
        assert_eq!(value.canary.id(), 1);
    });
    heap.collect().unwrap();
    ledger.assert_all_dropped();
    drop(key);
}

/// When a cycle has marked, and nothing is swept yet, no value of a dead key is given.
#[test]
fn a_dead_key_whose_page_is_not_swept() {
    let unswept = Unswept::new();
    let heap = unswept.heap.clone();
    let n = tests::rounds(10_000);
    let ledger = Ledger::new(2 * n);
    let (keys, pairs) = heap.mutate(|mc| {
        let keys: Vec<Link<'_>> = (0..n).map(|_| node(mc, &ledger)).collect();
        let pairs: Vec<Gc<'_, Pair<'_>>> =
            keys.iter().map(|&key| Ephemeron::new(mc, key, node(mc, &ledger))).collect();
        let kept: Vec<Link<'_>> = keys.iter().copied().step_by(2).collect();
        (mc.root(Gc::from_slice(mc, &kept)), mc.root(Gc::from_slice(mc, &pairs)))
    });
    unswept.look(|| {
        heap.mutate(|mc| {
            for (at, pair) in pairs.get(mc).iter().enumerate() {
                let value = pair.value(mc).map(|value| value.canary.id());
                assert_eq!(value, (at % 2 == 0).then_some(n + at), "ephemeron {at}");
            }
        });
    });
    drop(keys);
}

/// Threads that read values while others sweep: each sees both key and value, or neither.
#[test]
fn values_are_read_while_spans_are_swept() {
    let n = tests::rounds(2000);
    for _ in 0..tests::rounds(20) {
        let (heap, ledger) = (heap(), Ledger::new(2 * n));
        let (mut keys, pairs) = heap.mutate(|mc| {
            let (mut keys, mut pairs) = (Vec::new(), Vec::new());
            for _ in 0..n {
                let key = node(mc, &ledger);
                keys.push(Some(mc.root(key)));
                pairs.push(Ephemeron::new(mc, key, node(mc, &ledger)));
            }
            (keys, mc.root(Gc::from_slice(mc, &pairs)))
        });
        keys.iter_mut().step_by(2).for_each(|key| *key = None);
        std::thread::scope(|scope| {
            for _ in 0..3 {
                scope.spawn(|| {
                    for _ in 0..5 {
                        heap.mutate(|mc| {
                            for (at, pair) in pairs.get(mc).iter().enumerate() {
                                let found = ids(mc, *pair);
                                let expected = (2 * at, 2 * at + 1);
                                assert!(found.map_or(at % 2 == 0, |found| found == expected));
                            }
                        });
                    }
                });
            }
            scope.spawn(|| heap.collect().unwrap());
        });
        // Where mutations run while a cycle marks, what they have read stays until the next one.
        heap.collect().unwrap();
        heap.mutate(|mc| {
            let alive = pairs.get(mc).iter().filter(|pair| ids(mc, **pair).is_some()).count();
            assert_eq!(alive, n / 2);
        });
    }
}
