//! Weak pointers to slices and strings that one word leads to: as those to other objects, in roots, collections and cells.

use std::collections::HashSet;

use gc::{
    ByAddress, Ephemeron, Gc, GcCell, GcRefCell, GcSlice, GcStr, Heap, Mutation, Root, Thin, Trace, WeakGc,
    WeakMap, WeakRoot, WeakSet, WeakValueMap, Word,
};
use tests::canary::{Canary, Ledger};

use super::bench::Bench;

fn heap() -> Heap {
    Heap::builder().automatic(false).build()
}

/// To slices, and weak ones.
type Roots<T> = (Vec<Root<Thin<[T]>>>, Vec<WeakRoot<Thin<[T]>>>);

/// Kept ones are found as they were, whatever their elements are, and lost ones are not, from the same cycle on.
#[test]
fn weak_pointers_to_slices_of_every_kind() {
    fn check<T: Trace<'static> + gc::Rebrand<Static = T>>(
        make: impl for<'gc> Fn(&'gc Mutation<'gc>, usize) -> GcSlice<'gc, T::At<'gc>>,
    ) {
        let heap = heap();
        let lengths = [0, 0, 1, 2, 5, 1000, 100_000];
        let (roots, weak): Roots<T> = heap.mutate(|mc| {
            let all = lengths.iter().flat_map(|&len| [make(mc, len), make(mc, len)]);
            let all = all.map(|slice| {
                let (object, weak) = (GcSlice::as_thin(slice), GcSlice::downgrade(slice, mc));
                assert!(GcSlice::ptr_eq(weak.upgrade(mc).unwrap().into(), slice));
                (Root::new(mc, object), WeakRoot::new(mc, weak))
            });
            all.unzip()
        });
        // Every second one is kept.
        let roots: Vec<_> = roots.into_iter().step_by(2).collect();
        for _ in 0..2 {
            heap.collect().unwrap();
            heap.verify();
            heap.mutate(|mc| {
                for (n, weak) in weak.iter().enumerate() {
                    let found = weak.get(mc).map(GcSlice::from);
                    assert_eq!(found.is_some(), n % 2 == 0);
                    let Some(found) = found else { continue };
                    assert!(GcSlice::ptr_eq(found, roots[n / 2].get(mc).into()));
                    assert_eq!(found.len(), lengths[n / 2]);
                    assert_eq!(GcSlice::downgrade(found, mc), weak.weak(mc));
                }
                let distinct: HashSet<_> = weak.iter().map(|weak| weak.weak(mc)).collect();
                assert_eq!(distinct.len(), weak.len());
            });
        }
        drop(roots);
        heap.collect().unwrap();
        heap.mutate(|mc| assert!(weak.iter().all(|weak| weak.get(mc).is_none())));
    }
    check::<u8>(|mc, len| GcSlice::from_iter(mc, (0..len).map(|n| n.to_le_bytes()[0])));
    check::<()>(|mc, len| GcSlice::from_iter(mc, (0..len).map(|_| ())));
    check::<String>(|mc, len| GcSlice::from_iter(mc, (0..len).map(|n| n.to_string())));
    check::<Gc<'static, usize>>(|mc, len| GcSlice::from_iter(mc, (0..len).map(|n| Gc::new(mc, n))));
    check::<Wide>(|mc, len| GcSlice::from_iter(mc, (0..len).map(Wide)));
}

/// Aligned beyond a word, so that its elements lie farther from the length.
#[derive(Trace)]
#[repr(align(64))]
struct Wide(usize);

/// What the `Thin` shows are the contents, and what its `Gc` shows, too.
#[test]
fn what_is_thin_is_its_contents() {
    heap().mutate(|mc| {
        let texts = ["", "a", "grüße"].map(|text| (text, GcStr::as_thin(GcStr::new(mc, text))));
        for (text, thin) in texts {
            assert_eq!((&**Gc::as_ref(thin), thin.len()), (text, text.len()));
            assert_eq!((thin.to_string(), format!("{thin:?}")), (text.to_string(), format!("{text:?}")));
            assert_eq!(GcStr::from(thin), text);
            assert_eq!(AsRef::<str>::as_ref(Gc::as_ref(thin)).as_ptr(), GcStr::as_ref(thin.into()).as_ptr());
            for (other, other_thin) in texts {
                assert_eq!((thin == other_thin, thin.cmp(&other_thin)), (text == other, text.cmp(other)));
            }
        }
        let known: HashSet<Gc<'_, Thin<str>>> = texts.map(|(_, thin)| thin).into();
        assert!(known.contains(&GcStr::as_thin(GcStr::new(mc, "a"))));

        let wide = GcSlice::as_thin(GcSlice::from_iter(mc, (0..5).map(Wide)));
        assert!(wide.iter().enumerate().all(|(n, item)| item.0 == n));
        assert_eq!(wide.as_ptr(), GcSlice::as_ref(wide.into()).as_ptr());
        assert!(core::ptr::from_ref(Gc::as_ref(wide)).addr() < wide.as_ptr().addr());
    });
}

/// The pointer to the elements of a slice is another place than the slice, and so has a weak pointer of its own.
#[test]
fn a_slice_and_its_elements() {
    let heap = heap();
    let (thin, fat) = heap.mutate(|mc| {
        let slice = GcSlice::from_slice(mc, &[1_u64, 2]);
        let fat = Gc::downgrade(GcSlice::as_gc(slice), mc);
        (mc.weak_root(GcSlice::downgrade(slice, mc)), mc.weak_root(fat))
    });
    heap.mutate(|mc| {
        let (slice, elements) = (GcSlice::from(thin.get(mc).unwrap()), fat.get(mc).unwrap());
        assert!(Gc::ptr_eq(GcSlice::as_gc(slice), elements));
    });
    heap.collect().unwrap();
    heap.mutate(|mc| assert!(thin.get(mc).is_none() && fat.get(mc).is_none()));
}

#[derive(Clone, Copy, Trace, Word)]
enum Value<'gc> {
    Nothing,
    Text(GcStr<'gc>),
    Seen(WeakGc<'gc, Thin<str>>),
    Whole(Gc<'gc, Thin<[GcCell<Value<'gc>>]>>),
}

#[derive(Trace)]
struct World<'gc> {
    cell: GcCell<Value<'gc>>,
    set: GcRefCell<WeakSet<'gc, Thin<str>>>,
    map: GcRefCell<WeakMap<'gc, Thin<[u8]>, String>>,
    by_name: GcRefCell<WeakValueMap<'gc, usize, Thin<str>>>,
    pair: Gc<'gc, Ephemeron<'gc, Thin<str>, u64>>,
}

/// In cells, packed words and sets, and with nothing else.
#[test]
fn words_and_collections() {
    const _: () = assert!(size_of::<WeakGc<'static, Thin<str>>>() == 8 && size_of::<Value<'static>>() == 16);
    let heap = heap();
    let (world, text, bytes): (Root<World<'static>>, Root<Thin<str>>, Root<_>) = heap.mutate(|mc| {
        let (text, lost) = (GcStr::new(mc, "text"), GcStr::new(mc, "lost"));
        let bytes = GcSlice::from_slice(mc, &[1, 2, 3]);
        let cells = [Value::Seen(GcStr::downgrade(text, mc)), Value::Seen(GcStr::downgrade(lost, mc))];
        let cells = GcSlice::from_iter(mc, cells.map(GcCell::new));
        let world = Gc::new(
            mc,
            World {
                cell: GcCell::new(Value::Whole(GcSlice::as_thin(cells))),
                set: GcRefCell::default(),
                map: GcRefCell::default(),
                by_name: GcRefCell::default(),
                pair: Ephemeron::new(mc, GcStr::as_thin(text), 7),
            },
        );
        for text in [text, lost] {
            assert!(world.set.borrow_mut(mc).insert(mc, GcStr::as_thin(text)));
            let key = text.len() + usize::from(text == "lost");
            world.by_name.borrow_mut(mc).insert(mc, key, GcStr::as_thin(text));
        }
        world.map.borrow_mut(mc).insert(mc, GcSlice::as_thin(bytes), String::from("bytes"));
        (mc.root(world), mc.root(GcStr::as_thin(text)), mc.root(GcSlice::as_thin(bytes)))
    });
    let found = |expected: [bool; 2]| {
        heap.collect().unwrap();
        heap.verify();
        heap.mutate(|mc| {
            let world = world.get(mc);
            let Value::Whole(cells) = world.cell.get() else { panic!("it was put there") };
            let upgraded = GcSlice::as_ref(cells.into()).iter().map(|cell| match cell.get() {
                Value::Seen(weak) => weak.upgrade(mc).map(GcStr::from),
                _ => None,
            });
            let upgraded: Vec<_> = upgraded.collect();
            assert_eq!(upgraded, [expected[0].then(|| GcStr::new(mc, "text")), None]);
            let names: Vec<_> = world.set.borrow(mc).iter(mc).map(GcStr::from).collect();
            assert_eq!(names.len(), usize::from(expected[0]));
            let by_name = world.by_name.borrow(mc);
            assert_eq!([4, 5].map(|key| by_name.get(mc, &key).is_some()), [expected[0], false]);
            assert_eq!(world.pair.value(mc).copied(), expected[0].then_some(7));
            let known = world.map.borrow(mc).iter(mc).map(|(key, value)| (key.len(), value.clone())).next();
            assert_eq!(known, expected[1].then(|| (3, String::from("bytes"))));
        });
    };
    found([true, true]);
    heap.mutate(|mc| {
        world.get(mc).cell.update(mc, |value| value);
        let one = ByAddress(text.get(mc));
        assert!(one == ByAddress(text.get(mc)) && world.get(mc).set.borrow(mc).contains(*one));
        assert_eq!(Value::Text(text.get(mc).into()).object_address(), Some(Gc::as_ptr(*one).addr()));
        assert_eq!(Value::Nothing.object_address(), None);
    });
    drop(text);
    found([false, true]);
    drop(bytes);
    found([false, false]);
}

/// Elements with destructors are dropped once, after weak pointers to their slice are cleared.
#[test]
fn destructors_of_elements() {
    let (heap, ledger) = (heap(), Ledger::new(100));
    let weak: WeakRoot<Thin<[Canary]>> = heap.mutate(|mc| {
        mc.weak_root(GcSlice::downgrade(GcSlice::from_iter(mc, (0..100).map(|_| ledger.canary())), mc))
    });
    heap.mutate(|mc| assert!(weak.get(mc).is_some_and(|slice| slice[99].id() == 99)));
    heap.collect().unwrap();
    ledger.assert_all_dropped();
    heap.mutate(|mc| assert!(weak.get(mc).is_none()));
}

/// A finalizer gets the slice back, and a cleanup comes after it.
#[test]
fn finalizers_and_cleanups() {
    let bench = Bench::new();
    let (told, lost) = std::sync::mpsc::channel();
    bench.heap.mutate(|mc| {
        let slice = GcSlice::from_slice(mc, &[1_u8, 2, 3]);
        let sum = told.clone();
        mc.set_finalizer_in(GcSlice::as_thin(slice), move |_, slice| {
            sum.send(GcSlice::from(slice).iter().sum::<u8>()).unwrap();
        })
        .unwrap();
        mc.add_cleanup(GcSlice::as_thin(slice), 0, move |zero| told.send(zero).unwrap());
    });
    for expected in [vec![6], vec![0], vec![]] {
        bench.heap.collect().unwrap();
        bench.heap.run_pending().unwrap();
        assert_eq!(lost.try_iter().collect::<Vec<_>>(), expected);
    }
}

#[test]
fn no_room_for_a_handle() {
    let heap = Heap::builder().limit_bytes(1 << 20).automatic(false).build();
    heap.mutate(|mc| {
        let (text, slice) = (GcStr::new(mc, "text"), GcSlice::from_slice(mc, &[1]));
        while Gc::try_new(mc, [0_u64; 2]).is_ok() {}
        while Gc::try_new(mc, 0_u64).is_ok() {}
        assert!(GcStr::try_downgrade(text, mc).unwrap_err().is_limit());
        assert!(GcSlice::try_downgrade(slice, mc).unwrap_err().is_limit());
        let panics = tests::panic_of(|| GcStr::downgrade(text, mc).upgrade(mc).is_some());
        assert!(panics.contains("GcStr::try_downgrade"), "{panics}");
        let panics = tests::panic_of(|| GcSlice::downgrade(slice, mc).upgrade(mc).is_some());
        assert!(panics.contains("GcSlice::try_downgrade"), "{panics}");
    });
}
