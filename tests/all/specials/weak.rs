//! Weak pointers: made, upgraded, cleared.

use std::mem::size_of;
use std::sync::{Arc, Mutex};

use gc::{Gc, GcCell, Heap, Root, Trace, WeakGc, WeakRoot};
use tests::canary::{Canary, Ledger};
use tests::kinds::{self, Kind};

fn heap() -> Heap {
    Heap::builder().automatic(false).build()
}

fn weak_root<T>(heap: &Heap, root: &Root<T>) -> WeakRoot<T>
where
    T: 'static + for<'a> gc::Rebrand<At<'a> = T, Static = T> + for<'a> Trace<'a>,
{
    heap.mutate(|mc| WeakRoot::new(mc, Gc::downgrade(root.get(mc), mc)))
}

/// [1] It takes no object, is the default one, and leads to nothing.
#[test]
fn a_weak_pointer_to_nothing() {
    let heap = heap();
    let weak = heap.mutate(|mc| {
        let weak = WeakGc::<Canary>::dangling();
        assert!(weak == WeakGc::default() && weak.upgrade(mc).is_none());
        mc.weak_root(weak)
    });
    assert_eq!(heap.stats().objects_allocated, 0);
    heap.collect().unwrap();
    heap.mutate(|mc| {
        assert!(weak.get(mc).is_none());
        assert!(weak.weak(mc) == WeakGc::dangling());
        let other = Gc::downgrade(Gc::new(mc, Ledger::new(1).canary()), mc);
        assert!(weak.weak(mc) != other);
    });
    heap.verify();
}

/// [5] One word, and one more for what a fat pointer has.
#[test]
fn size() {
    assert_eq!(size_of::<WeakGc<'_, [u64; 9]>>(), size_of::<usize>());
    assert_eq!(size_of::<Option<WeakGc<'_, Canary>>>(), size_of::<usize>());
    assert_eq!(size_of::<WeakGc<'_, [u64]>>(), 2 * size_of::<usize>());
}

/// [3] The second weak pointer to a place takes no object; another place takes one.
#[test]
fn the_handle_of_a_place_is_made_once() {
    let heap = heap();
    let root: Root<(u64, u64)> = heap.mutate(|mc| mc.root(Gc::new(mc, (1_u64, 2_u64))));
    let made = |first: bool| {
        heap.mutate(|mc| {
            let gc = root.get(mc);
            let part = Gc::project(gc, |pair| if first { &pair.0 } else { &pair.1 });
            let _ = Gc::downgrade(part, mc);
        });
        heap.stats().objects_allocated
    };
    assert_eq!([made(true), made(true), made(false), made(false), made(true)], [2, 2, 3, 3, 3]);
}

/// [2] Where there is no room for a handle that is an error, and nothing is left of the attempt.
#[test]
fn no_room_for_a_handle() {
    let heap = Heap::builder().automatic(false).limit_bytes(1 << 20).build();
    let old = heap.mutate(|mc| mc.root(Gc::new(mc, 1_u64)));
    let known = weak_root(&heap, &old);
    let new = heap.mutate(|mc| {
        let mut last = Gc::new(mc, 2_u64);
        while let Ok(fill) = Gc::try_new(mc, 2_u64) {
            last = fill;
        }
        // Handles may have room of their own.
        while Gc::try_from_slice(mc, &[0_u64; 2]).is_ok() {}
        let errors = std::iter::repeat_with(|| {
            let next = Gc::try_new(mc, 0_u64);
            assert!(next.is_err());
            Gc::try_downgrade(last, mc).is_err()
        });
        let _ = errors.take(3).count();
        assert!(Gc::try_downgrade(old.get(mc), mc).is_ok_and(|weak| weak == known.weak(mc)), "it has one");
        mc.root(last)
    });
    heap.collect().unwrap();
    heap.verify();
    let weak = weak_root(&heap, &new);
    heap.mutate(|mc| assert!(Gc::ptr_eq(weak.get(mc).unwrap(), new.get(mc))));
}

/// [23] What it gives back is the pointer it was made of: for parts, slices, text and trait objects, too.
#[test]
fn upgrades_to_the_pointer_it_was_made_of() {
    let (heap, ledger) = (heap(), Ledger::new(100));
    for make in kinds::all() {
        let (root, weak): (Root<dyn Kind<'static>>, WeakRoot<dyn Kind<'static>>) = heap.mutate(|mc| {
            let gc = make(mc, 7, &ledger);
            (mc.root(gc), mc.weak_root(Gc::downgrade(gc, mc)))
        });
        heap.collect().unwrap();
        heap.mutate(|mc| {
            let gc = weak.get(mc).unwrap();
            assert!(Gc::ptr_eq(gc, root.get(mc)));
            assert_eq!(gc.check(), 7);
        });
        drop(root);
        heap.collect().unwrap();
        heap.mutate(|mc| assert!(weak.get(mc).is_none()));
    }
    ledger.assert_all_dropped();
    let (root, tail, text) = heap.mutate(|mc| {
        let words = Gc::from_slice(mc, &[0_u64, 1, 2, 3]);
        let tail = Gc::project(words, |words| &words[2..]);
        let text = Gc::str(mc, "half kept");
        let half = Gc::project(text, |text| &text[5..]);
        (
            (mc.root(words), mc.root(text)),
            mc.weak_root(Gc::downgrade(tail, mc)),
            mc.weak_root(Gc::downgrade(half, mc)),
        )
    });
    heap.collect().unwrap();
    heap.mutate(|mc| {
        let (tail, text) = (tail.get(mc).unwrap(), text.get(mc).unwrap());
        assert_eq!((&*tail, &*text), (&[2, 3][..], "kept"));
        assert!(std::ptr::eq(&raw const tail[0], &raw const root.0.get(mc)[2]));
    });
    drop(root);
    heap.collect().unwrap();
    heap.mutate(|mc| assert!(tail.get(mc).is_none() && text.get(mc).is_none()));
    heap.verify();
}

/// [10, 25] Those of all parts are cleared at once, whether the object is revived or freed.
#[test]
fn weak_pointers_to_all_parts_are_cleared() {
    for revived in [false, true] {
        let (heap, ledger) = (Heap::builder().automatic(false).run_by_hand(true).build(), Ledger::new(100));
        let weak: Vec<WeakRoot<Canary>> = heap.mutate(|mc| {
            let all = Gc::from_iter(mc, (0..100).map(|_| ledger.canary()));
            if revived {
                let part = Gc::project(all, |all| &all[60]);
                mc.set_finalizer(part, |part| part.mutate(|_, part| assert_eq!(part.id(), 60))).unwrap();
            }
            let part = |n: usize| mc.weak_root(Gc::downgrade(Gc::project(all, |all| &all[n]), mc));
            (0..100).map(part).collect()
        });
        heap.mutate(|mc| assert!((0..).zip(&weak).all(|(n, weak)| weak.get(mc).unwrap().id() == n)));
        heap.collect().unwrap();
        let none_is_left = || heap.mutate(|mc| weak.iter().all(|weak| weak.get(mc).is_none()));
        assert!(none_is_left());
        ledger.assert_all_alive();
        heap.run_pending().unwrap();
        assert!(none_is_left());
        assert_eq!(ledger.alive(), if revived { 100 } else { 0 });
        assert_eq!(heap.stats().finalizer_panics, 0);
    }
}

/// [26, 28] A finalizer finds its own object's weak pointers cleared, and so they stay, although it keeps the object.
#[test]
fn a_finalizer_finds_its_weak_pointers_cleared() {
    type Pair = (u64, u64);
    let heap = Heap::builder().automatic(false).run_by_hand(true).build();
    let kept: Arc<Mutex<Option<Root<Pair>>>> = Arc::default();
    let (whole, part) = heap.mutate(|mc| {
        let gc = Gc::new(mc, (1_u64, 2_u64));
        let whole: WeakRoot<Pair> = mc.weak_root(Gc::downgrade(gc, mc));
        let part: WeakRoot<u64> = mc.weak_root(Gc::downgrade(Gc::project(gc, |pair| &pair.1), mc));
        let (of_finalizer, kept) = ((whole.clone(), part.clone()), Arc::clone(&kept));
        let finalizer = move |object: gc::Finalized<Pair>| {
            object.mutate(|mc, gc| {
                assert!(of_finalizer.0.get(mc).is_none() && of_finalizer.1.get(mc).is_none());
                assert_eq!(*gc, (1, 2));
            });
            *kept.lock().unwrap() = Some(object.into_root());
        };
        mc.set_finalizer(gc, finalizer).unwrap();
        (whole, part)
    });
    heap.collect().unwrap();
    assert_eq!(heap.run_pending(), Ok(1));
    let kept = kept.lock().unwrap().take().expect("the finalizer has found what it should");
    for _ in 0..3 {
        heap.collect().unwrap();
        heap.mutate(|mc| {
            assert!(whole.get(mc).is_none() && part.get(mc).is_none());
            let again = Gc::downgrade(kept.get(mc), mc);
            assert!(Gc::ptr_eq(again.upgrade(mc).unwrap(), kept.get(mc)));
        });
    }
}

/// Refers weakly to another, or to itself.
#[derive(Trace)]
struct Shy<'gc> {
    canary: Canary,
    other: GcCell<WeakGc<'gc, Shy<'gc>>>,
}

/// [31, 34] Neither a ring nor a chain of weak pointers keeps an object.
#[test]
fn weak_pointers_are_no_edges() {
    let (heap, ledger) = (heap(), Ledger::new(100));
    let last: Root<Shy<'static>> = heap.mutate(|mc| {
        let new = || Gc::new(mc, Shy { canary: ledger.canary(), other: GcCell::new(WeakGc::dangling()) });
        let all: Vec<_> = (0..100).map(|_| new()).collect();
        for (at, shy) in all.iter().enumerate() {
            shy.other.set(mc, Gc::downgrade(all[(at + 1) % 100], mc));
        }
        mc.root(all[98])
    });
    heap.mutate(|mc| assert_eq!(last.get(mc).other.get().upgrade(mc).unwrap().canary.id(), 99));
    heap.collect().unwrap();
    heap.mutate(|mc| assert!(last.get(mc).other.get().upgrade(mc).is_none()));
    assert!(ledger.alive() == 1 && ledger.is_alive(98));
    drop(last);
    heap.collect().unwrap();
    ledger.assert_all_dropped();
}

/// [32] A handle lives as long as its target or a weak pointer, whichever is longer.
#[test]
fn the_life_of_a_handle() {
    let heap = heap();
    let objects = || {
        heap.collect().unwrap();
        heap.verify();
        heap.stats().objects()
    };
    let root = heap.mutate(|mc| mc.root(Gc::new(mc, 7_u64)));
    drop(weak_root(&heap, &root));
    assert_eq!([objects(), objects()], [2, 2], "kept for its target");
    let weak = weak_root(&heap, &root);
    drop(root);
    assert_eq!([objects(), objects(), objects()], [1, 1, 1], "kept for the weak pointer");
    drop(weak);
    assert_eq!(objects(), 0);
    let both = heap.mutate(|mc| mc.root(Gc::new(mc, 7_u64)));
    drop(weak_root(&heap, &both));
    drop(both);
    // The first cycle finds the target dead, and needs the handle for that.
    assert_eq!([objects(), objects()], [1, 0]);
}

/// [35, 252] Small objects share nothing: exactly those that are dead are cleared.
#[test]
fn small_objects_are_cleared_one_by_one() {
    let heap = heap();
    let (mut roots, weak): (Vec<Option<Root<u8>>>, Vec<WeakRoot<u8>>) = heap.mutate(|mc| {
        let new = |n: usize| {
            let gc = Gc::new(mc, n.to_le_bytes()[0]);
            (Some(mc.root(gc)), mc.weak_root(Gc::downgrade(gc, mc)))
        };
        (0..1000).map(new).unzip()
    });
    for left in [3, 5, 7, 1] {
        roots.iter_mut().enumerate().filter(|(n, _)| n % left == 0).for_each(|(_, root)| *root = None);
        heap.collect().unwrap();
        heap.mutate(|mc| {
            for (n, (root, weak)) in roots.iter().zip(&weak).enumerate() {
                assert_eq!(weak.get(mc).map(|gc| *gc), root.as_ref().map(|root| *root.get(mc)), "{n}");
            }
        });
    }
    assert_eq!(heap.stats().objects(), 1000, "the handles");
}
