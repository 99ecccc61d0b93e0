//! What the process takes from the system, in a process of its own: other tests would disturb the figures.
//!
//! Not under AddressSanitizer, which holds on to freed memory.
#![cfg(not(gc_asan))]

mod attachments;

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use gc::{AllocError, Gc, Heap, Root, Trace};
use tests::canary::Ledger;
use tests::crowd::churn;
use tests::kinds;
use tests::process::{resident_bytes, trim_malloc};
use tests::rounds;
use tests::watchdog::within;

/// By how many bytes a process may be larger after a heap was full and is empty and trimmed.
const MOST_KEPT: usize = 8 << 20;

/// One test at a time: each measures the whole process.
fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A million objects of sixty types keep their contents, slots are used again, and in the end all memory is given
/// back. (The stress program does it with sixty million.)
#[test]
fn a_million_objects_come_and_go() {
    let _alone = alone();
    within(Duration::from_secs(300), "a million objects", || {
        let measured = churn(rounds(1_000_000) as u64, rounds(100_000));
        assert!(measured.after < measured.before + MOST_KEPT, "{measured:?}");
        // Before the last round half of the objects was scattered over all pages.
        assert!(cfg!(gc_zeal) || (0.3..1.0).contains(&measured.most_fragmented), "{measured:?}");
    });
}

/// A heap that was full once and is trimmed keeps a reserved arena, and no memory: not even what it knew of each page.
#[test]
fn heaps_that_were_full_take_nothing() {
    if cfg!(gc_zeal) {
        return; // too many cycles
    }
    let _alone = alone();
    trim_malloc();
    let before = resident_bytes();
    let heaps = [(); 8].map(|()| {
        let heap = tests::on_request().build();
        // One object for each page of an arena.
        heap.mutate(|mc| (0..15_800).for_each(|_| _ = Gc::new(mc, [7_u8; 4096])));
        assert!(heap.stats().bytes_in_use > 60 << 20);
        heap.collect().unwrap();
        assert!(heap.trim() > 60 << 20 || !cfg!(target_os = "linux"));
        heap
    });
    trim_malloc();
    let after = resident_bytes();
    assert!(after < before + MOST_KEPT / 2, "{before} bytes before, {after} bytes after");
    // And it can be used again.
    for heap in heaps {
        heap.mutate(|mc| (0..1000).for_each(|_| _ = Gc::new(mc, [7_u8; 4096])));
        heap.collect().unwrap();
        heap.verify();
    }
}

/// A link of a list that keeps all that was made.
#[derive(Trace)]
struct Link<'gc> {
    _before: Option<Gc<'gc, Link<'gc>>>,
    _bytes: [u8; 200],
}

/// The limit is for pages of objects. What a heap takes besides, of each page and of each thread, is little, even when
/// threads go on to ask for more.
#[test]
fn a_process_takes_little_more_than_the_limit() {
    const LIMIT: usize = 96 << 20;
    if cfg!(gc_zeal) {
        return; // too many cycles
    }
    let _alone = alone();
    trim_malloc();
    let before = resident_bytes();
    let heap = Heap::builder().limit_bytes(LIMIT).build();
    let extend = |list: Option<&Root<Link<'static>>>| {
        heap.mutate(|mc| {
            let mut last = list.map(|list| list.get(mc));
            for _ in 0..100 {
                last = Some(Gc::try_new(mc, Link { _before: last, _bytes: [7; 200] })?);
            }
            Ok::<_, AllocError>(mc.root(last.expect("just made")))
        })
    };
    let lists: Vec<_> = within(Duration::from_secs(60), "a limit", || {
        std::thread::scope(|scope| {
            let threads = [(); 4].map(|()| {
                scope.spawn(|| {
                    let (mut list, mut refused) = (None, 0);
                    while refused < 3 {
                        match extend(list.as_ref()) {
                            Ok(longer) => list = Some(longer),
                            Err(error) => refused += usize::from(error.is_limit()),
                        }
                    }
                    list
                })
            });
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        })
    });
    let (in_use, after) = (heap.stats().bytes_in_use, resident_bytes());
    assert!(in_use <= LIMIT && in_use > LIMIT / 10 * 9, "{in_use} bytes in use");
    assert!(after < before + LIMIT + (16 << 20), "{before} bytes before, {after} bytes at the limit");
    drop(lists);
}

/// What a heap keeps for a thread ends with the thread, and its claims with it.
#[test]
fn ten_thousand_threads_leave_nothing() {
    let _alone = alone();
    let heap = tests::on_request().build();
    let ledger = Ledger::new(1000 + rounds(10_000));
    let kinds = kinds::all();
    let thread = |number: usize| {
        std::thread::scope(|scope| {
            scope.spawn(|| {
                heap.mutate(|mc| {
                    let object = kinds[number % kinds.len()](mc, number as u64, &ledger);
                    assert_eq!(object.check(), number as u64);
                    mc.root(object)
                })
            });
        });
    };
    within(Duration::from_secs(120), "ten thousand threads", || {
        (0..1000).for_each(thread);
        heap.collect().unwrap();
        trim_malloc();
        let before = resident_bytes();
        (0..rounds(10_000)).for_each(thread);
        // Sixty types, few objects of each: no thread has taken a page with it.
        let in_use = heap.stats().bytes_in_use;
        assert!(in_use < 8 << 20, "{in_use} bytes in use");
        heap.collect().unwrap();
        assert_eq!((heap.stats().objects(), heap.stats().bytes_in_use, heap.stats().roots), (0, 0, 0));
        ledger.assert_all_dropped();
        heap.trim();
        trim_malloc();
        let after = resident_bytes();
        assert!(after < before + MOST_KEPT, "{before} bytes before, {after} bytes after");
        heap.verify();
    });
}
