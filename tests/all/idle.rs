//! Heaps that nobody enters for a while: they tidy up once, and rest.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::channel;
use std::time::Duration;

use gc::{External, Gc, Heap, HeapBuilder, Trace};
use tests::canary::Ledger;
use tests::panic_of;
use tests::patience::until;

const MIB: usize = 1 << 20;
const IDLE: Duration = Duration::from_millis(50);

/// A heap that soon counts as idle, and the number of its cycles. It is so large before a cycle starts by itself that none
/// does, but in a zeal build.
fn idler() -> (HeapBuilder, Arc<AtomicU64>) {
    let cycles = Arc::new(AtomicU64::new(0));
    let counted = Arc::clone(&cycles);
    let builder = Heap::builder()
        .min_heap_bytes(1 << 30)
        .idle_after(IDLE)
        .on_cycle(move |_| _ = counted.fetch_add(1, Ordering::SeqCst));
    (builder, cycles)
}

/// Makes objects of so many bytes in all, which nobody keeps.
fn make_garbage(heap: &Heap, bytes: usize) {
    heap.mutate(|mc| (0..bytes / 1024).for_each(|_| _ = Gc::new(mc, [7_u64; 128])));
}

/// Time enough for an idle heap to do what it should not.
fn rest() {
    std::thread::sleep(8 * IDLE);
}

#[test]
fn an_idle_heap_frees_what_is_garbage_and_gives_memory_back_once() {
    if cfg!(gc_zeal) {
        return; // nothing is left to be freed
    }
    let (builder, cycles) = idler();
    let heap = builder.build();
    for round in 1..=3 {
        make_garbage(&heap, 8 * MIB);
        until("a heap that falls idle", || {
            let stats = heap.stats();
            stats.objects() == 0 && stats.bytes_in_use == 0 && stats.bytes_idle == 0
        });
        rest();
        let stats = heap.stats();
        assert_eq!((cycles.load(Ordering::SeqCst), stats.cycles_automatic), (round, round));
    }
    heap.verify();
}

#[test]
fn what_is_alive_stays() {
    let (builder, _) = idler();
    let heap = builder.build();
    let root = heap.mutate(|mc| {
        let words: Vec<u64> = (0..MIB as u64 / 4).collect();
        mc.root(Gc::from_slice(mc, &words))
    });
    until("a heap that falls idle", || heap.stats().cycles > 0);
    rest();
    heap.mutate(|mc| assert!(root.get(mc).iter().copied().eq(0..MIB as u64 / 4)));
}

/// What objects own counts as what they take, also if they were made by somebody who is outside.
#[test]
fn owned_memory_is_worth_a_cycle() {
    #[derive(Trace)]
    struct Owner {
        _bytes: Vec<u8>,
        _external: External,
    }
    for (owned, foreign) in [(2 * MIB, 0), (0, 2 * MIB)] {
        let (builder, _) = idler();
        let heap = builder.build();
        let external = heap.external(foreign);
        heap.mutate(|mc| _ = Gc::new(mc, Owner { _bytes: vec![0; owned], _external: external }));
        until("a heap that falls idle", || {
            let stats = heap.stats();
            stats.cycles > 0 && stats.objects() == 0 && stats.owned_bytes == 0
        });
    }
}

#[test]
fn destructors_run_and_their_memory_is_given_back() {
    let ledger = Ledger::new(4096);
    #[derive(Trace)]
    struct Large {
        _canary: tests::canary::Canary,
        _bytes: [u64; 128],
    }
    let (builder, _) = idler();
    let heap = builder.build();
    heap.mutate(|mc| {
        for _ in 0..4096 {
            Gc::new(mc, Large { _canary: ledger.canary(), _bytes: [7; 128] });
        }
    });
    until("a heap that falls idle", || {
        let stats = heap.stats();
        let is_returned = stats.bytes_idle == 0 || cfg!(gc_zeal);
        stats.objects() == 0 && stats.objects_doomed == 0 && stats.bytes_in_use == 0 && is_returned
    });
    ledger.assert_all_dropped();
}

/// Neither does one from which little could be freed, nor one that is told not to.
#[test]
fn others_do_nothing() {
    if cfg!(gc_zeal) {
        return; // many cycles
    }
    let (builder, cycles) = idler();
    let little = builder.clone().build();
    let never = builder.clone().idle_after(Duration::MAX).build();
    let by_request = builder.automatic(false).build();
    make_garbage(&little, MIB / 2);
    make_garbage(&never, 8 * MIB);
    make_garbage(&by_request, 8 * MIB);
    rest();
    assert_eq!(cycles.load(Ordering::SeqCst), 0);
}

#[test]
fn a_heap_is_not_idle_while_a_thread_is_inside() {
    let (builder, cycles) = idler();
    let heap = builder.build();
    std::thread::scope(|scope| {
        let heap = &heap;
        let (enter, entered) = channel();
        let (leave, left) = channel::<()>();
        scope.spawn(move || {
            heap.mutate(|mc| {
                enter.send(()).unwrap();
                left.recv().unwrap();
                Gc::new(mc, 7);
            });
        });
        entered.recv().unwrap();
        let before = cycles.load(Ordering::SeqCst);
        make_garbage(heap, 8 * MIB);
        rest();
        assert_eq!(cycles.load(Ordering::SeqCst), before);
        assert!(cfg!(gc_zeal) || heap.stats().pauses.failed_attempts == 0, "it was not even tried");
        leave.send(()).unwrap();
        until("a heap that falls idle", || cycles.load(Ordering::SeqCst) > before);
    });
}

/// The thread that was asked to have it watched has ended by a panic before it could.
#[test]
fn a_heap_falls_idle_that_a_panic_has_left() {
    let (builder, _) = idler();
    let heap = builder.build();
    let thread = || {
        panic_of(|| {
            heap.mutate(|mc| {
                (0..8192).for_each(|_| _ = Gc::new(mc, [7_u64; 128]));
                panic!("as it should")
            })
        })
    };
    std::thread::scope(|scope| scope.spawn(thread).join().unwrap());
    heap.mutate(|_| ());
    until("a heap that falls idle", || heap.stats().cycles > 0 && heap.stats().objects() == 0);
}

/// Who watches does not keep a heap.
#[test]
fn a_watched_heap_ends() {
    let ledger = Ledger::new(100);
    for _ in 0..100 {
        let heap = Heap::builder().idle_after(Duration::from_secs(3600)).build();
        heap.mutate(|mc| _ = Gc::new(mc, ledger.canary()));
        make_garbage(&heap, 2 * MIB);
    }
    ledger.assert_all_dropped();
}
