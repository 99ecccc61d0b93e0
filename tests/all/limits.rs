//! Heaps with a limit.

use std::time::Instant;

use gc::{Gc, Heap, Root, Trace};
use tests::canary::{Canary, Ledger};
use tests::panic_of;

const MIB: usize = 1 << 20;

#[test]
fn garbage_below_the_minimum_heap_is_collected_before_the_limit() {
    let heap = Heap::builder().limit_bytes(1 << 20).build();
    for _ in 0..2000 {
        heap.mutate(|mc| Gc::try_new(mc, [0_u8; 4000]).map(drop)).unwrap();
    }
    assert!(heap.stats().cycles_automatic > 0);
}

/// Each size of slice has pages of its own, so the pages run out before the bytes.
#[test]
fn after_a_failed_allocation_garbage_is_collected() {
    let heap = Heap::builder().limit_bytes(1 << 20).build();
    for i in 0..2000_usize {
        let slice = |len: usize| heap.mutate(|mc| Gc::try_from_iter(mc, (0..len).map(|_| 0_u64)).map(drop));
        let len = 1 << (i % 13);
        slice(len).or_else(|_| slice(len)).unwrap();
    }
}

/// A live heap beyond its soft limit: cycles free next to nothing. They take their share of the time, and no more.
#[test]
fn beyond_a_soft_limit_the_program_goes_on() {
    if cfg!(gc_zeal) {
        return; // cycles come at every safepoint
    }
    const LINKS: u64 = 200_000;
    // Without the limit no cycle would come at all.
    let heap = Heap::builder().growth_percent(100_000).soft_limit_bytes(MIB).build();
    let list: Root<Link<'static>> = heap.mutate(|mc| {
        let first = Gc::new(mc, Link { _next: None });
        mc.root((1..LINKS).fold(first, |next, _| Gc::new(mc, Link { _next: Some(next) })))
    });
    heap.collect().unwrap();
    let (before, start) = (heap.stats().pauses, Instant::now());
    // Cycles go on.
    while heap.stats().pauses.count < before.count + 20 {
        heap.mutate(|mc| (0..100_u64).for_each(|n| _ = Gc::new(mc, [n; 2])));
    }
    let (after, elapsed) = (heap.stats().pauses, start.elapsed());
    // The program has not yet had the time that the last one took, which may be any of them.
    let paused =
        (after.total - before.total).saturating_sub(after.longest).as_secs_f64() / elapsed.as_secs_f64();
    assert!(paused < 0.6, "cycles took {paused} of the time");
    assert!(heap.stats().collector_share() > 0.0);
    drop(list);
}

#[derive(Trace)]
struct Link<'gc> {
    _next: Option<Gc<'gc, Link<'gc>>>,
}

/// Items lie somewhere before their slice is made: there, too, never more of them than the heap could hold.
#[test]
fn an_iterator_that_does_not_end_is_stopped() {
    let heap = Heap::builder().limit_bytes(MIB).build();
    let mut n = 0_u64;
    let numbers: [&mut dyn Iterator<Item = u64>; 3] = [
        // Hints of too many items, of more than there are addresses, and none.
        &mut (0..1 << 42),
        &mut std::iter::repeat(7),
        &mut std::iter::from_fn(|| {
            n += 1;
            Some(n)
        }),
    ];
    for numbers in numbers {
        heap.mutate(|mc| {
            let mut asked = 0;
            let error = Gc::try_from_iter(mc, numbers.inspect(|_| asked += 1)).unwrap_err();
            assert!(error.is_limit() && error.requested_bytes() <= 2 * MIB, "{error}");
            // Not before that many could not fit.
            assert!((MIB / 10..=MIB / 8 + 1).contains(&asked), "{asked} numbers of eight bytes");
            let text = panic_of(|| Gc::from_iter(mc, numbers).len());
            assert!(text.contains("Gc::try_from_iter") && text.contains("1048576"), "{text}");
        });
    }
    heap.verify();
    assert_eq!(heap.stats().objects_allocated, 0);
}

/// What lives leaves less room for items; what is dead is swept before they are refused.
#[test]
fn items_have_the_room_that_objects_leave() {
    let heap = Heap::builder().limit_bytes(MIB).automatic(false).build();
    let (kept, garbage) = heap.mutate(|mc| {
        let half = || mc.root(Gc::from_iter(mc, (0..MIB / 2 - 8192).map(|_| 7_u8)));
        (half(), half())
    });
    let asked = |slack: usize| {
        let mut asked = 0;
        let outcome = heap.mutate(|mc| {
            Gc::try_from_iter(mc, (0..MIB / 2 - slack).map(|_| 7_u8).inspect(|_| asked += 1)).map(drop)
        });
        (outcome.is_ok(), asked)
    };
    let (fits, n) = asked(8192);
    assert!(!fits && n < 32 << 10, "{n} bytes beside a full heap");
    drop(garbage);
    // Marked, and not swept: a small slice needs no more than that.
    heap.collect_timeout(std::time::Duration::from_secs(60)).unwrap();
    assert!(asked(8192).0);
    drop(kept);
}

/// Items that do not fit are dropped, and so are those that a panic of the iterator leaves.
#[test]
fn items_that_do_not_fit_are_dropped() {
    let (heap, ledger) = (Heap::builder().limit_bytes(MIB).build(), Ledger::new(200_000));
    heap.mutate(|mc| {
        assert!(Gc::try_from_iter(mc, std::iter::repeat_with(|| ledger.canary())).is_err());
        assert!(ledger.made() <= MIB / size_of::<Canary>() + 1);
        ledger.assert_all_dropped();
        // Clones of a slice are counted before the first is made.
        let canaries: Vec<_> = (0..50_000).map(|_| ledger.canary()).collect();
        let before = ledger.made();
        assert!(Gc::try_from_slice(mc, &canaries).unwrap_err().is_limit());
        assert_eq!(ledger.made(), before);
    });
    ledger.assert_all_dropped();
}

/// What objects own elsewhere counts, from the first object of a type on; as garbage it makes room.
#[test]
fn a_limit_counts_what_objects_own() {
    let heap = Heap::builder().limit_bytes(16 * MIB).build();
    let make = |bytes: usize| {
        heap.mutate(|mc| Gc::try_new(mc, vec![0_u8; bytes]).map(|gc| -> Root<Vec<u8>> { mc.root(gc) }))
    };
    let error = make(17 * MIB).unwrap_err();
    assert!(error.is_limit(), "{error}");
    let (mut kept, error) = (Vec::new(), std::cell::OnceCell::new());
    while error.get().is_none() {
        match make(MIB) {
            Ok(root) => kept.push(root),
            Err(refused) => error.set(refused).expect("once"),
        }
    }
    let error = error.into_inner().expect("it is full");
    assert!(error.is_limit() && error.owned_bytes() >= (kept.len() * MIB) as u64, "{error}");
    assert!((12..=16).contains(&kept.len()), "{} were made", kept.len());
    kept.clear();
    for _ in 0..200 {
        make(MIB).or_else(|_| make(MIB)).unwrap();
    }
}

/// What is left is what can be had: an object of that size finds room, a larger one does not.
#[test]
fn what_is_left_below_a_limit() {
    let heap = Heap::builder().limit_bytes(4 * MIB).automatic(false).build();
    assert_eq!((heap.bytes_left(), Heap::new().bytes_left()), (4 * MIB, usize::MAX));
    let kept = heap.mutate(|mc| {
        let kept: Root<Vec<u8>> = mc.root(Gc::new(mc, vec![7_u8; MIB]));
        let left = mc.bytes_left();
        assert!((2 * MIB..3 * MIB).contains(&left), "what objects own counts: {left} are left");
        assert!(Gc::try_from_slice(mc, &vec![0_u8; left + 1]).unwrap_err().is_limit());
        // Sizes of large slots are whole size classes.
        assert!(Gc::try_from_slice(mc, &vec![0_u8; 2 * MIB]).is_ok());
        assert_eq!(mc.bytes_left(), heap.bytes_left());
        let mut left = mc.bytes_left();
        while left > 0 {
            assert!(Gc::try_new(mc, [0_u64; 8]).is_ok(), "{left} are left");
            let before = std::mem::replace(&mut left, mc.bytes_left());
            // No kind of objects takes all, with slots that it may not need.
            assert!(before - left <= (before / 8).max(4096), "{left} are left of {before}");
        }
        kept
    });
    heap.collect().unwrap();
    let left = heap.bytes_left();
    assert!((2 * MIB..3 * MIB).contains(&left), "garbage takes no room when it is swept: {left} are left");
    drop(kept);
    heap.collect().unwrap();
    assert_eq!(heap.bytes_left(), 4 * MIB);
}

/// A loop that leaves in time never meets the limit, whatever lives and dies: it is told before, and has a reserve.
#[test]
fn a_loop_that_asks_what_is_left_meets_no_limit() {
    const RESERVE: usize = 256 << 10;
    // In the zeal build a cycle would come each time that the loop leaves.
    let heap = Heap::builder().limit_bytes(2 * MIB).automatic(!cfg!(gc_zeal)).build();
    let list: Root<gc::GcCell<Option<Gc<'static, Link<'static>>>>> =
        heap.mutate(|mc| Root::new(mc, Gc::new(mc, gc::GcCell::new(None))));
    let mut made = 0_u32;
    for _ in 0..5 {
        loop {
            heap.mutate(|mc| {
                let list = list.get(mc);
                while mc.bytes_left() >= RESERVE {
                    let link = Gc::try_new(mc, Link { _next: list.get() }).expect("there is a reserve");
                    // One of four is kept.
                    if made.is_multiple_of(4) {
                        list.set(mc, Some(link));
                    }
                    made += 1;
                    if mc.should_leave() {
                        break;
                    }
                }
            });
            if heap.bytes_left() < RESERVE {
                heap.collect().unwrap();
                if heap.bytes_left() < RESERVE {
                    break;
                }
            }
        }
        // A reserve is there for whoever is told, for objects of another kind, too.
        heap.mutate(|mc| (0..RESERVE / 32).for_each(|n| _ = Gc::new(mc, [n; 2])));
        heap.mutate(|mc| list.get(mc).set(mc, None));
        heap.collect().unwrap();
    }
    assert!(made > 500_000, "{made} objects were made");
}
