//! How far heaps grow over what lives.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::channel;
use std::time::Duration;

use gc::{Gc, Heap};
use tests::patience::Since;
use tests::rounds;
use tests::rows::{Rows, churn};
use tests::shapes::Dice;
use tests::watchdog::within;

const MIB: usize = 1 << 20;

/// With the default growth garbage takes at most as much as what lives, where that is more than 32 MiB, at least a quarter,
/// and what a heap loses besides is little. (The stress program does it with 100 MB.)
#[test]
fn a_heap_under_churn_stays_below_two_and_a_fifth_of_what_lives() {
    let heap = Heap::builder().min_heap_bytes(MIB).build();
    let taken = within(Duration::from_secs(120), "churn", || churn(&heap, rounds(700_000), 8));
    assert!(cfg!(gc_zeal) || taken.live > 33_600_000, "{taken:?}");
    // A page of each class, and claims.
    let most = (taken.live * 22 / 10).max(256 << 10);
    assert!(taken.bytes <= most && taken.in_use as u64 <= most, "{taken:?}");
    assert!(cfg!(gc_zeal) || (4..=40).contains(&taken.cycles), "for eight times what lives: {taken:?}");
}

/// What a thread has claimed and does not use is kept from others. Where cycles come on request only, too, that is little of
/// a small limit.
#[test]
fn claims_leave_others_what_a_limit_allows() {
    const LIMIT: usize = 2 * MIB;
    /// The first spans of a class are as long as all before, up to 128 KiB, and so are claims: these lie in the first that is as
    /// long as can be, which would be claimed as a whole.
    const FIRST: usize = 2800;
    type Object = [u64; 6];
    let heap = Heap::builder().limit_bytes(LIMIT).automatic(false).build();
    let ((enter, entered), (leave, may_leave)) = (channel(), channel::<()>());
    let made = std::thread::scope(|scope| {
        let heap = &heap;
        scope.spawn(move || {
            heap.mutate(|mc| {
                (0..FIRST).for_each(|_| _ = Gc::<Object>::new(mc, [0; 6]));
                enter.send(()).unwrap();
                may_leave.recv().unwrap();
            });
        });
        entered.recv().unwrap();
        let made = heap.mutate(|mc| (0..).take_while(|&n| Gc::<Object>::try_new(mc, [n; 6]).is_ok()).count());
        leave.send(()).unwrap();
        made
    });
    let bytes = (made + FIRST) * size_of::<Object>();
    assert!((LIMIT - (40 << 10)..=LIMIT).contains(&bytes), "{bytes} bytes");
}

/// However many threads allocate, a limit holds at every moment, and while there is garbage an allocation that
/// fails succeeds soon, outside of the mutation: a cycle is under way, which another thread drives.
#[test]
fn a_limit_is_never_exceeded() {
    const LIMIT: usize = 16 * MIB;
    const THREADS: usize = 4;
    let heap = Heap::builder().limit_bytes(LIMIT).min_heap_bytes(MIB).build();
    let highest = AtomicUsize::new(0);
    within(Duration::from_secs(120), "a limit", || {
        std::thread::scope(|scope| {
            for thread in 0..THREADS {
                let (heap, highest) = (&heap, &highest);
                scope.spawn(move || {
                    // Two thirds of the limit live.
                    let rows = Rows::new(heap, rounds(160_000 / THREADS));
                    let mut dice = Dice::new(thread as u64);
                    let put = |at| {
                        let started = Since::now();
                        while let Err(error) = rows.put(at) {
                            assert!(error.is_limit(), "{error}");
                            let waited = started.elapsed();
                            assert!(waited < Duration::from_secs(10), "there is room, and no try finds it");
                            std::thread::yield_now();
                        }
                    };
                    (0..rows.len()).for_each(put);
                    for n in 0..rows.len() * 8 {
                        put(dice.below(rows.len()));
                        if n % 16 == 0 {
                            let stats = heap.stats();
                            highest.fetch_max(stats.bytes_in_use, Ordering::Relaxed);
                            assert!(stats.bytes_in_use <= LIMIT, "{} bytes in use", stats.bytes_in_use);
                        }
                    }
                    rows.check();
                });
            }
        });
    });
    let highest = highest.into_inner();
    assert!(cfg!(gc_zeal) || highest > LIMIT / 2, "the limit was never near: {highest}");
    heap.collect().unwrap();
    assert_eq!((heap.stats().objects(), heap.stats().bytes_in_use), (0, 0));
}
