//! Memory that goes back to the system.

use std::sync::mpsc::channel;
use std::thread;

use gc::{Gc, Heap, Root};
use tests::patience::until;
use tests::watchdog::watched;

const MIB: usize = 1 << 20;

/// Roots of `n` objects of 4000 bytes.
fn pages(heap: &Heap, n: usize) -> Vec<Root<[u8; 4000]>> {
    heap.mutate(|mc| (0..n).map(|i| mc.root(Gc::new(mc, [i.to_le_bytes()[0]; 4000]))).collect())
}

fn check(heap: &Heap, roots: &[Root<[u8; 4000]>]) {
    heap.mutate(|mc| {
        for (i, root) in roots.iter().enumerate() {
            assert!(root.get(mc).iter().all(|&byte| byte == i.to_le_bytes()[0]), "object {i} is kept");
        }
    });
}

/// What is trimmed has no memory behind it, on Linux; what lives is kept, and the pages can be used again.
#[test]
fn trim_gives_idle_pages_back() {
    let heap = tests::on_request().build();
    let kept = pages(&heap, 100);
    let (never_used, in_use) = (heap.stats().bytes_returned, heap.stats().bytes_in_use);
    for _ in 0..3 {
        drop(pages(&heap, 1000));
        assert!(heap.stats().bytes_in_use > in_use + 4_000_000);
        heap.collect().unwrap();
        let before = heap.stats();
        assert!(before.bytes_in_use <= in_use + 128 * 1024, "at most what shares a span with the kept");
        assert!(before.bytes_idle > 3 * MIB, "{} bytes are idle", before.bytes_idle);
        let trimmed = heap.trim();
        let after = heap.stats();
        assert_eq!(before.bytes_idle - after.bytes_idle, trimmed);
        assert_eq!(after.bytes_returned - before.bytes_returned, trimmed);
        assert_eq!((after.bytes_in_use, after.bytes_reserved), (before.bytes_in_use, before.bytes_reserved));
        if cfg!(target_os = "linux") {
            assert_eq!((trimmed, after.bytes_idle), (before.bytes_idle, 0));
            // Builds that look for faults have small arenas, and so more than one here.
            assert!(after.bytes_returned <= never_used + in_use || cfg!(any(gc_zeal, gc_asan)));
        }
        check(&heap, &kept);
        heap.verify();
    }
    assert_eq!(heap.stats().objects(), 100);
    let more = pages(&heap, 1000);
    check(&heap, &more);
    check(&heap, &kept);
}

/// The last span of a heap whose live objects are scattered keeps its pages, and nothing else.
#[test]
fn trim_leaves_pages_with_objects() {
    let heap = tests::on_request().build();
    let mut roots = pages(&heap, 1000);
    let mut number = 0;
    roots.retain(|_| {
        number += 1;
        number % 250 == 1
    });
    heap.collect().unwrap();
    heap.trim();
    heap.verify();
    heap.mutate(|mc| {
        for (at, root) in roots.iter().enumerate() {
            assert!(root.get(mc).iter().all(|&byte| byte == (at * 250).to_le_bytes()[0]));
        }
    });
    // One span of at most 32 pages for each.
    assert!(heap.stats().bytes_in_use <= 4 * 32 * 4096, "{}", heap.stats().bytes_in_use);
}

/// When there is nothing to do for a while idle memory goes back, except for what the next cycle waits for.
#[test]
fn an_idle_heap_gives_pages_back_by_itself() {
    // Zeal collects at every safepoint.
    if !cfg!(target_os = "linux") || cfg!(gc_zeal) {
        return;
    }
    let heap = Heap::builder().min_heap_bytes(MIB).growth_percent(100).build();
    watched("an idle heap", || {
        drop(pages(&heap, 2000));
        // As much again as the first cycle found live: the second finds nothing live, and leaves much to sweep.
        heap.mutate(|mc| {
            for _ in 0..2200 {
                Gc::new(mc, [0_u8; 4000]);
            }
        });
        assert_eq!(heap.stats().cycles_automatic, 2);
        let bytes = || heap.stats().bytes_in_use + heap.stats().bytes_idle;
        until("pages are given back", || bytes() <= 2 * MIB);
    });
}

/// Who is inside a mutation meanwhile is not asked to leave.
#[test]
fn trimming_beside_a_mutation() {
    let heap = Heap::builder().automatic(false).build();
    heap.mutate(|mc| (0..10_000_u64).for_each(|n| _ = Gc::new(mc, [n; 8])));
    heap.collect().unwrap();
    let ((enter, entered), (leave, left)) = (channel(), channel());
    thread::scope(|scope| {
        let heap = &heap;
        let inside = scope.spawn(move || {
            heap.mutate(|mc| {
                enter.send(()).unwrap();
                left.recv().unwrap();
                mc.should_leave()
            })
        });
        entered.recv().unwrap();
        heap.trim();
        leave.send(()).unwrap();
        assert!(!inside.join().unwrap());
    });
    heap.trim();
    heap.verify();
}
