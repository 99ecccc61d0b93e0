//! How long keys and values live, whatever they are and whatever else is made of them.

use std::sync::{Arc, Mutex};

use gc::{Ephemeron, Gc, GcCell, GcRefCell, Heap, Root, Trace, WeakGc};
use tests::canary::{Canary, Ledger};

use super::{Link, Node, Pair, heap, ids, node};

#[test]
fn the_value_lives_as_long_as_the_key() {
    let (heap, ledger) = (heap(), Ledger::new(2));
    let (key, pair): (Root<Node<'static>>, Root<Pair<'static>>) = heap.mutate(|mc| {
        let key = node(mc, &ledger);
        (mc.root(key), mc.root(Ephemeron::new(mc, key, node(mc, &ledger))))
    });
    for _ in 0..3 {
        heap.collect().unwrap();
        heap.mutate(|mc| assert_eq!(ids(mc, pair.get(mc)), Some((0, 1))));
    }
    drop(key);
    heap.collect().unwrap();
    ledger.assert_all_dropped();
    for _ in 0..3 {
        heap.mutate(|mc| assert_eq!(ids(mc, pair.get(mc)), None));
        heap.collect().unwrap();
        heap.verify();
    }
}

#[test]
fn without_the_ephemeron_the_value_dies() {
    let (heap, ledger) = (heap(), Ledger::new(2));
    let key = heap.mutate(|mc| {
        let key = node(mc, &ledger);
        Ephemeron::new(mc, key, node(mc, &ledger));
        mc.root(key)
    });
    heap.collect().unwrap();
    assert!(ledger.is_alive(0) && !ledger.is_alive(1));
    drop(key);
}

/// A value that leads to its key, or is it, or leads to the ephemeron, keeps nothing.
#[test]
fn a_value_does_not_keep_its_key() {
    let (heap, ledger) = (heap(), Ledger::new(10));
    let pairs: Vec<Root<Pair<'static>>> = heap.mutate(|mc| {
        let [direct, far, own] = [(); 3].map(|()| node(mc, &ledger));
        let back = node(mc, &ledger);
        back.next.set(mc, Some(direct));
        let (way, end) = (node(mc, &ledger), node(mc, &ledger));
        way.next.set(mc, Some(end));
        end.next.set(mc, Some(far));
        [(direct, back), (far, way), (own, own)]
            .map(|(key, value)| mc.root(Ephemeron::new(mc, key, value)))
            .into()
    });
    heap.collect().unwrap();
    ledger.assert_all_dropped();
    heap.mutate(|mc| assert!(pairs.iter().all(|pair| ids(mc, pair.get(mc)).is_none())));
}

/// Has an ephemeron that may be about itself.
#[derive(Trace)]
struct Key<'gc> {
    canary: Canary,
    about: GcCell<Option<About<'gc>>>,
}

type About<'gc> = Gc<'gc, Ephemeron<'gc, Key<'gc>, Gc<'gc, Key<'gc>>>>;

/// The key has the ephemeron, and nobody else has it.
#[test]
fn a_key_that_holds_its_ephemeron() {
    let (heap, ledger) = (heap(), Ledger::new(2));
    let root: Root<Key<'static>> = heap.mutate(|mc| {
        let new = || Gc::new(mc, Key { canary: ledger.canary(), about: GcCell::new(None) });
        let (key, value) = (new(), new());
        value.about.set(mc, Some(Ephemeron::new(mc, key, value)));
        key.about.set(mc, value.about.get());
        mc.root(key)
    });
    heap.collect().unwrap();
    ledger.assert_all_alive();
    heap.mutate(|mc| {
        let value = root.get(mc).about.get().unwrap();
        assert_eq!(value.value(mc).unwrap().canary.id(), 1);
    });
    drop(root);
    heap.collect().unwrap();
    ledger.assert_all_dropped();
    heap.collect().unwrap();
    assert_eq!(heap.stats().objects(), 0);
}

/// [10] A part of an object is a key that lives as long as the object, and other parts are other keys.
#[test]
fn a_part_of_an_object_is_a_key() {
    let (heap, ledger) = (heap(), Ledger::new(3));
    let (whole, pairs) = heap.mutate(|mc| {
        let whole = Gc::new(mc, [1_u64, 2, 3]);
        let pair = |part: usize| {
            let key = Gc::project(whole, |whole| &whole[part]);
            mc.root(Ephemeron::new(mc, key, Gc::new(mc, ledger.canary())))
        };
        // The root is to another part.
        (mc.root(Gc::project(whole, |whole| &whole[1])), [0, 1, 2].map(pair))
    });
    heap.collect().unwrap();
    ledger.assert_all_alive();
    heap.mutate(|mc| {
        let keys = pairs.each_ref().map(|pair| *pair.get(mc).key(mc).unwrap());
        assert_eq!(keys, [1, 2, 3]);
    });
    drop(whole);
    heap.collect().unwrap();
    ledger.assert_all_dropped();
    heap.mutate(|mc| assert!(pairs.iter().all(|pair| pair.get(mc).value(mc).is_none())));
}

/// Keys of which a pointer has two words.
#[test]
fn slices_text_and_trait_objects_are_keys() {
    trait Named<'gc>: gc::DynTrace<'gc> {
        fn name(&self) -> &'static str;
    }
    gc::dyn_trace!(dyn Named<'gc>);
    #[derive(Trace)]
    struct Somebody;
    impl Named<'_> for Somebody {
        fn name(&self) -> &'static str {
            "somebody"
        }
    }
    let heap = heap();
    let (roots, slice, text, object) = heap.mutate(|mc| {
        let (slice, text) = (Gc::from_slice(mc, &[1_u8, 2]), Gc::str(mc, "key"));
        let object = Gc::unsize::<dyn Named<'_>>(Gc::new(mc, Somebody), |somebody| somebody);
        let value = Gc::new(mc, 7_u64);
        (
            (mc.root(slice), mc.root(text), mc.root(object)),
            mc.root(Ephemeron::new(mc, slice, value)),
            mc.root(Ephemeron::new(mc, text, value)),
            mc.root(Ephemeron::new(mc, object, value)),
        )
    });
    heap.collect().unwrap();
    heap.mutate(|mc| {
        assert_eq!(*slice.get(mc).key(mc).unwrap(), [1, 2]);
        assert_eq!(&*text.get(mc).key(mc).unwrap(), "key");
        assert_eq!(object.get(mc).key(mc).unwrap().name(), "somebody");
        assert_eq!(**text.get(mc).value(mc).unwrap(), 7);
    });
    drop(roots);
    heap.collect().unwrap();
    heap.mutate(|mc| {
        assert!(slice.get(mc).value(mc).is_none() && text.get(mc).value(mc).is_none());
        assert!(object.get(mc).value(mc).is_none());
    });
}

/// What a value owns may be large and nested, and is found all the same.
#[test]
fn values_that_own_their_edges() {
    type Owned<'gc> = (Vec<Gc<'gc, Canary>>, Option<Box<Vec<Vec<Gc<'gc, Canary>>>>>, String);
    let (heap, ledger) = (heap(), Ledger::new(6000));
    let (key, pair): (_, Root<Ephemeron<'static, u64, GcRefCell<Owned<'static>>>>) = heap.mutate(|mc| {
        let new = || Gc::new(mc, ledger.canary());
        let many: Vec<_> = (0..2000).map(|_| new()).collect();
        let nested: Vec<Vec<_>> = (0..40).map(|_| (0..100).map(|_| new()).collect()).collect();
        let key = Gc::new(mc, 1_u64);
        let value = GcRefCell::new((many, Some(Box::new(nested)), String::from("owned")));
        (mc.root(key), mc.root(Ephemeron::new(mc, key, value)))
    });
    heap.collect().unwrap();
    ledger.assert_all_alive();
    assert!(heap.stats().owned_bytes >= 6000 * 8 + 5);
    heap.mutate(|mc| {
        let value = Gc::as_ref(pair.get(mc)).value(mc).unwrap();
        value.borrow_mut(mc).0.truncate(1000);
        assert_eq!(value.borrow(mc).0[999].id(), 999);
    });
    heap.collect().unwrap();
    assert_eq!(ledger.alive(), 5000);
    drop(key);
    heap.collect().unwrap();
    ledger.assert_all_dropped();
    drop(pair);
    heap.collect().unwrap();
    assert_eq!(heap.stats().owned_bytes, 0);
}

/// [21] The key waits for its destructor: from the cycle on that has found it dead the ephemeron has neither.
#[test]
fn a_key_that_waits_for_its_destructor() {
    let (heap, ledger) = (Heap::builder().automatic(false).run_by_hand(true).build(), Ledger::new(2));
    let pairs: [Root<Pair<'static>>; 2] = heap.mutate(|mc| {
        let (key, value) = (node(mc, &ledger), node(mc, &ledger));
        value.next.set(mc, Some(key));
        [mc.root(Ephemeron::new(mc, key, value)), mc.root(Ephemeron::new(mc, value, key))]
    });
    heap.collect().unwrap();
    for _ in 0..2 {
        ledger.assert_all_alive();
        heap.mutate(|mc| assert!(pairs.iter().all(|pair| ids(mc, pair.get(mc)).is_none())));
        heap.collect().unwrap();
        heap.verify();
    }
    heap.run_pending().unwrap();
    ledger.assert_all_dropped();
}

/// [14, 26] A finalizer revives the key: its entries are gone, as its weak pointers are; new ones are made like others.
#[test]
fn a_key_that_is_finalized_loses_its_entries() {
    let (heap, ledger) = (Heap::builder().automatic(false).run_by_hand(true).build(), Ledger::new(4));
    let kept: Arc<Mutex<Option<Root<Node<'static>>>>> = Arc::default();
    let pair: Root<Pair<'static>> = heap.mutate(|mc| {
        let (key, value) = (node(mc, &ledger), node(mc, &ledger));
        let kept = Arc::clone(&kept);
        mc.set_finalizer(key, move |key: gc::Finalized<Node<'static>>| {
            *kept.lock().unwrap() = Some(key.into_root());
        })
        .unwrap();
        value.next.set(mc, Some(key));
        mc.root(Ephemeron::new(mc, key, value))
    });
    heap.collect().unwrap();
    heap.mutate(|mc| assert_eq!(ids(mc, pair.get(mc)), None));
    heap.run_pending().unwrap();
    let key = kept.lock().unwrap().take().expect("the finalizer has run");
    assert!(ledger.is_alive(0) && !ledger.is_alive(1), "the key is revived, the value was not");
    let again: Root<Pair<'static>> = heap.mutate(|mc| {
        assert_eq!(ids(mc, pair.get(mc)), None);
        mc.root(Ephemeron::new(mc, key.get(mc), node(mc, &ledger)))
    });
    heap.collect().unwrap();
    heap.mutate(|mc| {
        assert_eq!(ids(mc, pair.get(mc)), None);
        assert_eq!(ids(mc, again.get(mc)), Some((0, 2)));
    });
    drop(key);
    heap.collect().unwrap();
    heap.run_pending().unwrap();
    ledger.assert_all_dropped();
}

/// [60, 241] What an object with a finalizer refers to is kept for it: ephemerons, and values of keys that live.
#[test]
fn a_finalizer_finds_ephemerons_as_they_are() {
    #[derive(Trace)]
    struct Table<'gc> {
        /// The key is kept elsewhere; by the table; by nobody; is the table.
        pairs: Vec<Gc<'gc, Pair<'gc>>>,
        own: GcCell<Option<Gc<'gc, Ephemeron<'gc, Table<'gc>, Link<'gc>>>>>,
        key: Link<'gc>,
    }
    let (heap, ledger) = (Heap::builder().automatic(false).run_by_hand(true).build(), Ledger::new(20));
    let found = Arc::new(Mutex::new(Vec::new()));
    let elsewhere: Root<Node<'static>> = heap.mutate(|mc| {
        let nodes: Vec<Link<'_>> = (0..7).map(|_| node(mc, &ledger)).collect();
        let pairs = [(0, 3), (1, 4), (2, 5)].map(|(key, value)| Ephemeron::new(mc, nodes[key], nodes[value]));
        let table = Gc::new(mc, Table { pairs: pairs.into(), own: GcCell::new(None), key: nodes[1] });
        table.own.set(mc, Some(Ephemeron::new(mc, table, nodes[6])));
        let seen = Arc::clone(&found);
        mc.set_finalizer(table, move |table: gc::Finalized<Table<'static>>| {
            table.mutate(|mc, table| {
                assert_eq!(table.key.canary.id(), 1);
                seen.lock().unwrap().extend(table.pairs.iter().map(|pair| ids(mc, *pair)));
                assert!(table.own.get().unwrap().value(mc).is_none(), "as a weak pointer to itself");
            });
        })
        .unwrap();
        mc.root(nodes[0])
    });
    heap.collect().unwrap();
    heap.run_pending().unwrap();
    assert_eq!(*found.lock().unwrap(), [Some((0, 3)), Some((1, 4)), None]);
    assert_eq!(heap.stats().finalizer_panics, 0);
    assert!((0..7).all(|id| ledger.is_alive(id) != matches!(id, 2 | 5 | 6)));
    drop(elsewhere);
    heap.collect().unwrap();
    heap.run_pending().unwrap();
    ledger.assert_all_dropped();
}

/// An ephemeron is an object like any other: weak pointers, finalizers and keys are made of it.
#[test]
fn ephemerons_as_targets_and_keys() {
    let (heap, ledger) = (Heap::builder().automatic(false).run_by_hand(true).build(), Ledger::new(3));
    let (key, pair, weak, about) = heap.mutate(|mc| {
        let key = node(mc, &ledger);
        let pair: Gc<'_, Pair<'_>> = Ephemeron::new(mc, key, node(mc, &ledger));
        mc.set_finalizer(pair, |pair: gc::Finalized<Pair<'static>>| {
            pair.mutate(|mc, pair| assert_eq!(ids(mc, pair), Some((0, 1))));
        })
        .unwrap();
        let about = Ephemeron::new(mc, pair, node(mc, &ledger));
        (mc.root(key), mc.root(pair), mc.weak_root(Gc::downgrade(pair, mc)), mc.root(about))
    });
    heap.collect().unwrap();
    ledger.assert_all_alive();
    heap.mutate(|mc| {
        assert_eq!(ids(mc, weak.get(mc).unwrap()), Some((0, 1)));
        assert_eq!(about.get(mc).value(mc).unwrap().canary.id(), 2);
    });
    drop(pair);
    heap.collect().unwrap();
    heap.mutate(|mc| assert!(weak.get(mc).is_none() && about.get(mc).value(mc).is_none()));
    assert!(ledger.is_alive(1), "for the finalizer");
    assert_eq!(heap.run_pending().unwrap(), 2);
    assert_eq!(heap.stats().finalizer_panics, 0);
    heap.collect().unwrap();
    heap.run_pending().unwrap();
    assert!(ledger.is_alive(0) && ledger.alive() == 1);
    drop(key);
}

#[test]
fn no_room_for_an_ephemeron() {
    let (heap, ledger) =
        (Heap::builder().automatic(false).limit_bytes(1 << 20).build(), Ledger::new(100_000));
    let made = heap.mutate(|mc| {
        let key = Gc::new(mc, 1_u64);
        let made = (0..100_000).map_while(|_| Ephemeron::try_new(mc, key, [ledger.canary()]).ok());
        made.count()
    });
    assert!(made > 1000 && made < 99_999);
    assert_eq!(ledger.alive(), made, "a value without room is dropped");
    heap.collect().unwrap();
    ledger.assert_all_dropped();
    heap.verify();
}

/// What is printed does not look at the value.
#[test]
fn printing_an_ephemeron() {
    let heap = heap();
    let pair = heap.mutate(|mc| {
        let key = Gc::new(mc, 1_u64);
        let pair = Ephemeron::new(mc, key, Gc::new(mc, String::from("value")));
        let key: WeakGc<'_, u64> = Gc::downgrade(key, mc);
        assert_eq!(format!("{pair:?}"), format!("Ephemeron {{ key: {key:?}, .. }}"));
        mc.root(pair)
    });
    heap.collect().unwrap();
    heap.mutate(|mc| assert!(!format!("{:?}", pair.get(mc)).contains("value")));
}
