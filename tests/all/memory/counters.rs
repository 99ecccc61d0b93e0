//! What a heap says of its memory, and what decides when cycles start.

use std::collections::{BinaryHeap, VecDeque};
use std::sync::Arc;

use gc::{External, Gc, Heap, Root, Stats, Trace};
use tests::canary::{Canary, Ledger};
use tests::rounds;
use tests::shapes::Dice;
use tests::watchdog::watched;

const MIB: usize = 1 << 20;

/// Bytes of the headers of all arenas: what is reserved and is neither in use nor free.
fn header_bytes(stats: &Stats) -> usize {
    stats.bytes_reserved - stats.bytes_in_use - stats.bytes_idle - stats.bytes_returned
}

/// All pages of arenas are in use, idle or returned, but for headers of one size.
#[test]
fn the_bytes_of_pages_add_up() {
    let heap = tests::on_request().build();
    assert_eq!(heap.stats().bytes_reserved, 0, "a heap without objects has no memory");
    let first: Root<u64> = heap.mutate(|mc| mc.root(Gc::new(mc, 1_u64)));
    let (arena, header) = (heap.stats().bytes_reserved, header_bytes(&heap.stats()));
    assert!(header > 0 && header < arena / 16, "{header} of {arena} bytes are headers");
    // Three arenas, without one that is larger than the others.
    let large = vec![7_u8; arena / 32];
    let mut roots: Vec<Root<[u8]>> = Vec::new();
    while heap.stats().bytes_reserved < 3 * arena {
        roots.push(heap.mutate(|mc| mc.root(Gc::from_slice(mc, &large))));
        assert_eq!(header_bytes(&heap.stats()) * arena, header * heap.stats().bytes_reserved);
    }
    let mut dice = Dice::new(1);
    while !roots.is_empty() {
        (0..8.min(roots.len())).for_each(|_| drop(roots.swap_remove(dice.below(roots.len()))));
        heap.collect().unwrap();
        let stats = heap.stats();
        assert_eq!(header_bytes(&stats) * arena, header * stats.bytes_reserved);
        assert!(stats.bytes_in_use as u64 >= stats.bytes(), "objects lie in pages in use");
        heap.trim();
        assert_eq!(header_bytes(&heap.stats()) * arena, header * heap.stats().bytes_reserved);
    }
    assert!(heap.stats().bytes_reserved <= 2 * arena, "one free arena is kept");
    heap.mutate(|mc| assert_eq!(*first.get(mc), 1));
}

/// After `collect` the counters are what a slow count of the program says, whatever kinds of objects died.
#[test]
fn counters_agree_with_a_recount() {
    let heap = tests::on_request().build();
    let ledger = Ledger::new(rounds(40_000));
    let mut dice = Dice::new(2);
    let (mut leaves, mut owners): (Vec<Root<[u64; 3]>>, Vec<Root<String>>) = (Vec::new(), Vec::new());
    let mut canaries: Vec<Root<Canary>> = Vec::new();
    let (mut made, mut open) = (0, Vec::new());
    for _ in 0..rounds(40) {
        heap.mutate(|mc| {
            for _ in 0..1000.min(rounds(40_000)) {
                match dice.below(3) {
                    0 => leaves.push(mc.root(Gc::new(mc, [1_u64, 2, 3]))),
                    1 => owners.push(mc.root(Gc::new(mc, "owned".to_owned()))),
                    _ if ledger.made() < rounds(40_000) => {
                        canaries.push(mc.root(Gc::new(mc, ledger.canary())));
                    }
                    _ => continue,
                }
                made += 1;
            }
        });
        assert_eq!(heap.stats().objects_allocated, made);
        leaves.retain(|_| dice.below(2) == 0);
        owners.retain(|_| dice.below(3) == 0);
        canaries.retain(|_| dice.below(4) == 0);
        open.push(heap.collect().unwrap());
        let (stats, live) = (heap.stats(), leaves.len() + owners.len() + canaries.len());
        assert_eq!(ledger.alive(), canaries.len(), "dead ones are dropped");
        assert_eq!((stats.objects(), stats.live_objects), (live as u64, live as u64));
        let bytes =
            leaves.len() * 24 + owners.len() * size_of::<String>() + canaries.len() * size_of::<Canary>();
        assert_eq!((stats.bytes(), stats.live_bytes), (bytes as u64, bytes as u64));
        assert_eq!((stats.objects_allocated, stats.objects_freed), (made, made - live as u64));
        assert_eq!((stats.objects_doomed, stats.bytes_doomed), (0, 0));
        assert_eq!(stats.roots, live);
        // Under zeal every safepoint adds one.
        assert!(stats.cycles == open.len() as u64 || cfg!(gc_zeal));
        heap.verify();
    }
    if !cfg!(gc_zeal) {
        assert_eq!(open.iter().map(|cycle| cycle.dead_objects).sum::<u64>(), heap.stats().objects_freed);
        assert_eq!(open.iter().map(|cycle| cycle.destructors_run).sum::<u64>(), ledger.dropped() as u64);
    }
}

/// Counters of many threads are exact when they have left their mutations.
#[test]
fn counters_agree_with_many_threads() {
    let heap = Heap::builder().min_heap_bytes(MIB).build();
    let (ledger, n) = (Ledger::new(rounds(40_000) * 4), rounds(40_000));
    watched("counters of many threads", || {
        std::thread::scope(|scope| {
            for _ in 0..4 {
                let (heap, ledger) = (&heap, Arc::clone(&ledger));
                scope.spawn(move || {
                    for _ in 0..n {
                        heap.mutate(|mc| {
                            Gc::new(mc, ledger.canary());
                        });
                    }
                });
            }
        });
        assert_eq!(heap.stats().objects_allocated, n as u64 * 4);
        heap.collect().unwrap();
    });
    ledger.assert_all_dropped();
    assert_eq!((heap.stats().objects(), heap.stats().bytes(), heap.stats().objects_doomed), (0, 0, 0));
}

/// An object of 1000 bytes, and some elsewhere.
#[derive(Trace)]
struct Mapped {
    bytes: [u8; 1000],
    external: External,
}

/// Automatic cycles for `n` objects of 1000 bytes, each of which owns `external` bytes more.
fn cycles(heap: &Heap, n: usize, external: usize) -> u64 {
    let before = heap.stats().cycles_automatic;
    for _ in 0..n {
        heap.mutate(|mc| {
            let external = mc.external(external);
            assert_eq!(Gc::new(mc, Mapped { bytes: [0; 1000], external }).bytes[0], 0);
        });
    }
    heap.stats().cycles_automatic - before
}

/// External bytes bring cycles as often as bytes of the heap do.
#[test]
fn external_bytes_bring_cycles_earlier() {
    if cfg!(gc_zeal) {
        return; // cycles come at every safepoint
    }
    let heap = Heap::builder().min_heap_bytes(MIB).growth_percent(100).build();
    let without = cycles(&heap, 5000, 0);
    assert!((3..=6).contains(&without), "{without} cycles for 5 MB");
    let with = cycles(&heap, 5000, 9000);
    assert!((30..=60).contains(&with), "{with} cycles for 50 MB");
    heap.collect().unwrap();
    assert_eq!(heap.stats().owned_bytes, 0);
    // What is still held counts as live: twice as much may be allocated before the next cycle.
    let held = heap.external(4 << 20);
    assert_eq!(heap.stats().owned_bytes, 4 << 20);
    heap.collect().unwrap();
    assert_eq!(cycles(&heap, 4000, 0), 0, "4 MB may be added to 4 MiB");
    assert_eq!(cycles(&heap, 400, 0), 1);
    drop(held);
}

/// Memory that objects owned for a moment puts no cycle off, neither those that come nor the next one.
#[test]
fn external_bytes_that_are_taken_back_count_no_more() {
    let heap = Heap::builder().min_heap_bytes(MIB).build();
    for then_collect in [false, true] {
        let external = heap.external(10 << 30);
        if then_collect {
            heap.collect().unwrap();
        }
        external.set(0);
        let before = heap.stats().cycles_automatic;
        for _ in 0..40 {
            heap.mutate(|mc| _ = Gc::from_slice(mc, &[1_u8; MIB]));
            assert!(heap.stats().bytes_in_use <= 3 * MIB, "{:?}", heap.stats());
        }
        assert!(heap.stats().cycles_automatic >= before + 20, "{:?}", heap.stats());
    }
    let hostile: Vec<External> = (0..1000).map(|_| heap.external(usize::MAX)).collect();
    assert!(heap.stats().owned_bytes >= 1000 << 40, "{:?}", heap.stats());
    hostile.iter().for_each(|external| external.set(usize::MAX - 1));
    heap.collect().unwrap();
    drop(hostile);
    assert_eq!(heap.stats().owned_bytes, 0);
}

#[derive(Trace)]
struct Roomy {
    vec: Vec<()>,
    deque: VecDeque<()>,
    ordered: BinaryHeap<()>,
    nested: Vec<Vec<()>>,
    boxed: Box<[(); usize::MAX]>,
}

/// Containers say how many items they have room for; of items without size there is room for all numbers of them.
#[test]
fn capacities_of_items_without_size_are_no_bytes() {
    let heap = tests::on_request().build();
    let root: Root<Roomy> = heap.mutate(|mc| {
        let (vec, deque) = (vec![(); 3], VecDeque::<()>::with_capacity(usize::MAX));
        assert_eq!((vec.capacity(), deque.capacity()), (usize::MAX, usize::MAX));
        let (ordered, nested, boxed) = (BinaryHeap::new(), Vec::new(), Box::new([(); usize::MAX]));
        mc.root(Gc::new(mc, Roomy { vec, deque, ordered, nested, boxed }))
    });
    for _ in 0..2 {
        heap.collect().unwrap();
        assert_eq!(heap.stats().owned_bytes, 0);
    }
    drop(root);
    heap.collect().unwrap();
    assert_eq!(heap.stats().owned_bytes, 0);
}

/// A soft limit makes cycles start before it, and lets the heap go beyond when more lives.
#[test]
fn a_soft_limit_makes_cycles_start_earlier() {
    if cfg!(gc_zeal) {
        return; // cycles come at every safepoint
    }
    let limited = Heap::builder().min_heap_bytes(64 * MIB).soft_limit_bytes(4 * MIB).build();
    let mut highest = 0;
    for _ in 0..20_000 {
        limited.mutate(|mc| {
            Gc::new(mc, [0_u8; 1000]);
        });
        highest = highest.max(limited.stats().bytes());
    }
    assert!(highest <= 4 << 20, "{highest} bytes in spite of a soft limit of 4 MiB");
    assert!((4..=10).contains(&limited.stats().cycles_automatic), "{:?}", limited.stats());
    let live: Vec<Root<[u8; 1000]>> =
        (0..8000).map(|_| limited.mutate(|mc| mc.root(Gc::new(mc, [0_u8; 1000])))).collect();
    limited.collect().unwrap();
    assert_eq!(limited.stats().objects(), live.len() as u64, "it may be exceeded");
}

/// A large object has a span of its own, so that spans can be counted from outside.
#[test]
fn spans_agree_with_a_recount() {
    let heap = tests::on_request().build();
    assert_eq!(heap.stats().spans, 0);
    let mut dice = Dice::new(3);
    let mut large: Vec<Root<[u8; 20_000]>> = Vec::new();
    for _ in 0..rounds(30).max(3) {
        heap.mutate(|mc| (0..20).for_each(|_| large.push(mc.root(Gc::new(mc, [1_u8; 20_000])))));
        large.retain(|_| dice.below(3) > 0);
        heap.collect().unwrap();
        let stats = heap.stats();
        assert_eq!((stats.spans, stats.bytes_in_use), (large.len(), large.len() * 5 * 4096));
        heap.verify();
    }
    // The first span of a class is one page, and types of equal content share it.
    let small = heap.mutate(|mc| (mc.root(Gc::new(mc, 1_u64)), mc.root(Gc::new(mc, 1_i64))));
    assert_eq!(heap.stats().spans, large.len() + 1);
    drop((small, large));
    heap.collect().unwrap();
    assert_eq!((heap.stats().spans, heap.stats().bytes_in_use), (0, 0));
}

/// Fragmentation is what the live objects leave of the pages that hold them.
#[test]
fn fragmentation_agrees_with_a_recount() {
    let heap = tests::on_request().build();
    let fragmentation = || {
        heap.collect().unwrap();
        let stats = heap.stats();
        (stats.objects(), stats.bytes_in_use, stats.fragmentation())
    };
    assert_eq!(fragmentation(), (0, 0, 0.0));
    // As many as there are slots in a page.
    let mut roots: Vec<Root<[u64; 2]>> =
        heap.mutate(|mc| (0..256).map(|_| mc.root(Gc::new(mc, [7_u64; 2]))).collect());
    assert_eq!(fragmentation(), (256, 4096, 0.0));
    roots.truncate(128);
    assert_eq!(fragmentation(), (128, 4096, 0.5));
    roots.truncate(1);
    assert_eq!(fragmentation(), (1, 4096, 255.0 / 256.0));
    drop(roots);
    assert_eq!(fragmentation(), (0, 0, 0.0));
}

#[test]
fn cycles_and_the_time_of_sweeps_are_counted() {
    let heap = Heap::builder().min_heap_bytes(MIB).build();
    assert_eq!((heap.stats().cycles_forced(), heap.stats().sweep_time), (0, std::time::Duration::ZERO));
    let started = std::time::Instant::now();
    for round in 1..=3 {
        for _ in 0..rounds(4000) {
            heap.mutate(|mc| {
                Gc::new(mc, [0_u8; 1000]);
            });
        }
        let before = heap.stats();
        assert_eq!(before.cycles_forced(), round - 1);
        assert!(before.cycles_automatic >= round, "cycles start by themselves, too");
        heap.collect().unwrap();
        let stats = heap.stats();
        assert_eq!(stats.cycles_forced(), round);
        assert_eq!(stats.cycles, stats.cycles_forced() + stats.cycles_automatic);
        // `collect` sweeps to the end, and there is garbage since the last cycle that began by itself, but for zeal,
        // where the last safepoint left none.
        assert!(stats.sweep_time > before.sweep_time || cfg!(gc_zeal));
        // This thread and the service thread.
        assert!(stats.sweep_time < started.elapsed() * 2, "{:?}", stats.sweep_time);
    }
}

#[test]
fn records_are_counted_by_kind() {
    let heap = Heap::builder().automatic(false).run_by_hand(true).build();
    let counts = |heap: &Heap| {
        let stats = heap.stats();
        [stats.weak_targets, stats.finalizers, stats.cleanups, stats.pins]
    };
    assert_eq!(counts(&heap), [0; 4]);
    let kept: Vec<Root<[u64; 2]>> =
        heap.mutate(|mc| (0..1000).map(|n: u64| mc.root(Gc::new(mc, [n, n]))).collect());
    let pin = heap.mutate(|mc| {
        let objects = kept.iter().map(|root| root.get(mc)).enumerate();
        for (number, object) in objects {
            if number % 2 == 0 {
                // Of one place there is one, however often it is asked for.
                (0..3).for_each(|_| _ = Gc::downgrade(object, mc));
                Gc::downgrade(Gc::project(object, |words| &words[1]), mc);
            }
            if number % 5 == 0 {
                mc.set_finalizer(object, |_| ()).unwrap();
            }
            (0..number % 3).for_each(|_| _ = mc.add_cleanup(object, (), |()| ()));
        }
        mc.pin(kept[0].get(mc))
    });
    assert_eq!(counts(&heap), [1000, 200, 999, 1]);
    heap.collect().unwrap();
    assert_eq!(counts(&heap), [1000, 200, 999, 1], "all is alive");
    drop((kept, pin));
    heap.collect().unwrap();
    // A finalizer is due, and keeps the cleanups of its object until it has run.
    let revived: u64 = (0..1000).filter(|number| number % 5 == 0).map(|number| number % 3).sum();
    assert_eq!(counts(&heap), [0, 0, revived, 0]);
    heap.run_pending().unwrap();
    heap.collect().unwrap();
    assert_eq!(counts(&heap), [0; 4]);
}

/// What threads had claimed when they ended is no reason for a cycle: others use it.
#[test]
fn slots_that_were_never_used_bring_no_cycle_nearer() {
    if cfg!(gc_zeal) {
        return; // cycles come at every safepoint
    }
    let heap = Heap::builder().min_heap_bytes(4 * MIB).growth_percent(100).build();
    for _ in 0..130 {
        std::thread::scope(|scope| {
            // 24 KiB, for which a thread claims up to 48.
            scope.spawn(|| heap.mutate(|mc| (0..520_u64).for_each(|n| _ = Gc::new(mc, [n; 6]))));
        });
    }
    let stats = heap.stats();
    assert_eq!((stats.objects_allocated, stats.cycles_automatic), (130 * 520, 0), "{stats:?}");
    assert!(stats.bytes_in_use < 4 * MIB, "{stats:?}");
}

/// Objects of a span of many, of one, and of an arena of their own, found by an edge to their start or into their middle, are
/// counted with the bytes that they were allocated with.
#[test]
fn what_is_alive_is_counted_by_any_edge() {
    const HUGE: usize = if cfg!(any(gc_zeal, gc_asan)) { 9 << 20 } else { 65 << 20 };
    type Edge<'gc> = Option<Gc<'gc, u64>>;
    let heap = tests::on_request().build();
    for bytes in [24, 4000, 16 << 10, (16 << 10) + 8, 100_000, 1 << 20, HUGE] {
        let n = bytes / size_of::<u64>();
        for from in [0, 1, n - 1] {
            let counts = |objects, kept: &str| {
                let (cycle, stats) = (heap.collect().unwrap(), heap.stats());
                let counted = (cycle.live_objects, cycle.live_bytes);
                assert_eq!(counted, (objects, stats.bytes()), "{kept} of {bytes} bytes, by word {from}");
                assert!(stats.bytes() >= bytes as u64);
            };
            let leaf: Root<[u64]> = heap.mutate(|mc| {
                mc.root(Gc::project(Gc::from_iter(mc, (0..n).map(|i| i as u64)), |all| &all[from..]))
            });
            counts(1, "a leaf");
            drop(leaf);
            let edges: Root<[Edge<'static>]> = heap.mutate(|mc| {
                let all: Gc<'_, [Edge<'_>]> = Gc::from_iter(mc, (0..n).map(|_| None));
                mc.root(Gc::project(all, |all| &all[from..]))
            });
            counts(1, "edges");
            drop(edges);
            // By many edges side by side, beside others.
            let slice: Root<[Gc<'static, u64>]> = heap.mutate(|mc| {
                let all = Gc::from_iter(mc, (0..n).map(|i| i as u64));
                let (to, other) = (Gc::project(all, |all| &all[from]), Gc::new(mc, 7));
                mc.root(Gc::from_iter(mc, (0..100).map(|i| if i % 3 == 0 { other } else { to })))
            });
            counts(3, "a leaf behind a slice");
            drop(slice);
            let slice: Root<[Gc<'static, Edge<'static>>]> = heap.mutate(|mc| {
                let all: Gc<'_, [Edge<'_>]> =
                    Gc::from_iter(mc, (0..n).map(|i| (i == 0).then(|| Gc::new(mc, 7))));
                let to = Gc::project(all, |all| &all[from]);
                mc.root(Gc::from_iter(mc, (0..100).map(|_| to)))
            });
            counts(3, "edges behind a slice");
            drop(slice);
        }
    }
}
