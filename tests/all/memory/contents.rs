//! Many types on many threads, few objects of each.

use std::sync::Barrier;

use gc::{Gc, Heap, Mutation, Trace};
use tests::watchdog::watched;

/// A row of words whose edges differ from type to type.
#[derive(Trace)]
#[repr(C)]
struct Row<A, B, C, D, E, F, G, H, const MORE: usize>(A, B, C, D, E, F, G, H, [u64; MORE]);

type Make = fn(&Mutation<'_>);
type Edge<'gc> = Option<Gc<'gc, u64>>;

/// Pushes a row for every choice of word or edge in its eight first words.
macro_rules! rows {
    ($all:ident $more:literal [$($word:ty,)*]) => {
        $all.push(|mc| {
            Gc::new(mc, Row($(<$word>::default(),)* [7_u64; $more]));
        });
    };
    ($all:ident $more:literal [$($word:ty,)*] * $($left:tt)*) => {
        rows!($all $more [$($word,)* u64,] $($left)*);
        rows!($all $more [$($word,)* Edge<'_>,] $($left)*);
    };
}

macro_rules! leaves {
    ($all:ident $($words:literal)*) => {$(
        $all.push(|mc| {
            Gc::new(mc, [7_u64; $words]);
        });
    )*};
}

/// How to make an object of each of 500 types that may not share a page.
fn kinds() -> Vec<Make> {
    let mut all: Vec<Make> = Vec::new();
    rows!(all 0 [] * * * * * * * *);
    rows!(all 1 [] * * * * * * * *);
    all.truncate(460);
    leaves!(all 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29);
    leaves!(all 30 31 32 33 34 35 36 37 38 39 40 41 42 43 44 45 46 47 48 49);
    assert_eq!(all.len(), 500);
    all
}

#[test]
fn types_of_different_content_share_no_page() {
    let heap = Heap::builder().automatic(false).build();
    let kinds = kinds();
    heap.mutate(|mc| kinds.iter().for_each(|make| make(mc)));
    assert!(heap.stats().bytes_in_use >= kinds.len() * 4096, "500 contents have 500 pages");
    assert_eq!(heap.stats().objects(), 500);
    heap.collect().unwrap();
    assert_eq!((heap.stats().objects(), heap.stats().bytes_in_use), (0, 0));
}

/// Threads share pages, so that 500 types times 16 threads do not take 8000 of them.
#[test]
fn many_types_on_many_threads_take_little() {
    const THREADS: usize = 16;
    let heap = tests::on_request().build();
    let kinds = kinds();
    let all_have_made = Barrier::new(THREADS + 1);
    let measured = Barrier::new(THREADS + 1);
    watched("many types on many threads", || {
        std::thread::scope(|scope| {
            for thread in 0..THREADS {
                let (heap, kinds, all_have_made, measured) = (&heap, &kinds, &all_have_made, &measured);
                scope.spawn(move || {
                    // Ten of each, each time in a mutation of its own, no two threads in the same order.
                    for round in 0..10 {
                        for at in 0..kinds.len() {
                            let at = (at + thread * 31 + round * 7) % kinds.len();
                            heap.mutate(|mc| kinds[at](mc));
                        }
                    }
                    all_have_made.wait();
                    measured.wait();
                });
            }
            all_have_made.wait();
            let stats = heap.stats();
            measured.wait();
            if !cfg!(gc_zeal) {
                assert_eq!(stats.objects(), 500 * 16 * 10);
            }
            assert!(stats.bytes_in_use < 16 << 20, "{} bytes in use", stats.bytes_in_use);
        });
    });
    heap.collect().unwrap();
    assert_eq!((heap.stats().objects(), heap.stats().bytes_in_use), (0, 0));
    heap.verify();
}
