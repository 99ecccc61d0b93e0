//! What a lock costs that several threads want, beside other locks.
//!
//! ```text
//! cargo bench -p tests --features peers --bench locks                  everything
//! cargo bench -p tests --features peers --bench locks -- gc writes     one lock, one kind of use
//! ```
//!
//! Sections: the locks `gc`, `parking_lot`, `std`; the uses `writes`, `mostly_reads`. Of each kind all are meant if
//! none is named. The locks are measured by turns. How often they ask the system to let threads wait, and to wake
//! them, tells `perf stat -e syscalls:sys_enter_futex`.
#![forbid(unsafe_code)]

use std::hint::black_box;
use std::time::Duration;

use gc::{Gc, GcRwLock, Heap, Root};
use tests::by_turns::{began, compare, on_threads};
use tests::table::{Sections, head};

/// How often a lock is taken in one measurement, by all threads together.
const N: usize = 400_000;

/// How a lock is used.
#[derive(Clone, Copy)]
struct Use {
    name: &'static str,
    /// Of so many times that it is taken, once for writing.
    writes_one_in: usize,
}

const USES: [Use; 2] =
    [Use { name: "writes", writes_one_in: 1 }, Use { name: "mostly_reads", writes_one_in: 16 }];

/// A lock: takes it so many times on so many threads.
type Lock = (&'static str, fn(usize, Use) -> Duration);

const LOCKS: [Lock; 3] = [("gc", of_gc), ("parking_lot", of_parking_lot), ("std", of_std)];

fn main() {
    let Some(sections) = Sections::wanted() else { return };
    let locks = sections.of(&LOCKS, |lock| lock.0);
    head("");
    for kind in sections.of(&USES, |kind| kind.name) {
        for threads in [1, 2, 4] {
            let name = |lock: &Lock| format!("ns: {}, {}, {threads} threads", kind.name, lock.0);
            compare(&locks, N, name, |lock| Some(lock.1(threads, kind)));
        }
    }
}

/// What is done between two times that the lock is taken.
fn elsewhere() {
    (0..8_u64).for_each(|step| _ = black_box(step));
}

fn of_gc(threads: usize, kind: Use) -> Duration {
    let heap = Heap::builder().automatic(false).build();
    let root: Root<GcRwLock<u64>> = heap.mutate(|mc| mc.root(Gc::new(mc, GcRwLock::new(0_u64))));
    on_threads(threads, N, |n, start| {
        heap.mutate(|mc| {
            let lock = root.get(mc);
            let began = began(start);
            for at in 0..n {
                if at % kind.writes_one_in == 0 {
                    *black_box(&mut *lock.write(mc)) += 1;
                } else {
                    black_box(*lock.read(mc));
                }
                elsewhere();
            }
            began
        })
    })
}

fn of_parking_lot(threads: usize, kind: Use) -> Duration {
    let lock = parking_lot::RwLock::new(0_u64);
    on_threads(threads, N, |n, start| {
        let began = began(start);
        for at in 0..n {
            if at % kind.writes_one_in == 0 {
                *black_box(&mut *lock.write()) += 1;
            } else {
                black_box(*lock.read());
            }
            elsewhere();
        }
        began
    })
}

fn of_std(threads: usize, kind: Use) -> Duration {
    let lock = std::sync::RwLock::new(0_u64);
    on_threads(threads, N, |n, start| {
        let began = began(start);
        for at in 0..n {
            if at % kind.writes_one_in == 0 {
                *black_box(&mut *lock.write().expect("not poisoned")) += 1;
            } else {
                black_box(*lock.read().expect("not poisoned"));
            }
            elsewhere();
        }
        began
    })
}
