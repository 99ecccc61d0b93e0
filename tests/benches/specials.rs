//! What weak pointers, finalizers and cleanups cost.
//!
//! ```text
//! cargo bench -p tests --bench specials                 everything
//! cargo bench -p tests --bench specials -- upgrade      some sections
//! ```
//!
//! Sections: `downgrade`, `upgrade`, `finalizer`, `cleanup`, `marking`.
#![forbid(unsafe_code)]

use std::hint::black_box;
use std::sync::Arc;
use std::time::Duration;

use gc::{Gc, GcCell, Heap, Mutation, Root, Trace, WeakGc};
use tests::shapes::Dice;
use tests::table::{Sections, each, head, timed};

const MEASUREMENTS: usize = 21;
const MANY: usize = 1_000_000;

fn main() {
    let Some(sections) = Sections::wanted() else { return };
    head("ns per operation");
    if sections.has("downgrade") {
        downgrade_warm();
        downgrade_cold();
    }
    if sections.has("upgrade") {
        upgrade();
    }
    if sections.has("finalizer") {
        finalizers();
    }
    if sections.has("cleanup") {
        cleanups();
    }
    if sections.has("marking") {
        marking();
    }
}

fn quiet() -> Heap {
    Heap::builder().automatic(false).run_by_hand(true).build()
}

/// Objects of four words.
type Object = [u64; 4];

#[derive(Trace)]
struct Table<'gc> {
    objects: Box<[Gc<'gc, Object>]>,
}

fn table<'gc>(mc: &Mutation<'gc>, n: usize) -> Gc<'gc, Table<'gc>> {
    let objects = (0..n).map(|i| Gc::new(mc, [i as u64; 4])).collect();
    Gc::new(mc, Table { objects })
}

/// The first weak pointer to each of some objects, of a span that has so many afterwards; and the second.
fn downgrade_warm() {
    for n in [1, 16, 256, 4096] {
        let (mut first, mut second) = (Vec::new(), Vec::new());
        // One object has a page of its own; many share pages, up to 512 of them one span.
        for _ in 0..MEASUREMENTS {
            let heap = quiet();
            let repeats = (4096 / n).max(1);
            let mut times = [Duration::ZERO; 2];
            for _ in 0..repeats {
                heap.mutate(|mc| {
                    let table = table(mc, n);
                    for time in &mut times {
                        *time += timed(|| {
                            for &object in &table.objects {
                                black_box(Gc::downgrade(object, mc));
                            }
                        })
                        .0;
                    }
                });
            }
            first.push(times[0] / u32::try_from(repeats).unwrap());
            second.push(times[1] / u32::try_from(repeats).unwrap());
        }
        each(&format!("downgrade, first, {n} objects at a time"), n, first);
        each(&format!("downgrade, again, {n} objects at a time"), n, second);
    }
    // Many in one span: parts of one large object.
    for n in [1, 64, 4096] {
        let times = (0..MEASUREMENTS).map(|_| {
            let heap = quiet();
            heap.mutate(|mc| {
                let slice = Gc::from_slice(mc, &vec![1_u64; 4096]);
                // So that the record of the span exists, and room for handles.
                black_box(Gc::downgrade(slice, mc));
                let parts: Vec<_> =
                    (0..n).map(|i| Gc::project(slice, move |slice| &slice[4095 - i])).collect();
                timed(|| parts.iter().for_each(|&part| _ = black_box(Gc::downgrade(part, mc)))).0
            })
        });
        each(&format!("downgrade, first, parts of one object, {n} records"), n, times);
    }
}

/// With what it costs to come by the pointers alone.
fn downgrade_cold() {
    for shuffled in [false, true] {
        let (mut alone, mut times) = (Vec::new(), Vec::new());
        for _ in 0..5 {
            let heap = quiet();
            heap.mutate(|mc| {
                let table = table(mc, MANY);
                let mut order: Vec<_> = (0..MANY).collect();
                if shuffled {
                    let mut dice = Dice::new(1);
                    (1..MANY).rev().for_each(|i| order.swap(i, dice.below(i + 1)));
                }
                alone.push(timed(|| order.iter().for_each(|&i| _ = black_box(table.objects[i]))).0);
                let downgrade = |&i: &usize| _ = black_box(Gc::downgrade(table.objects[i], mc));
                times.push(timed(|| order.iter().for_each(downgrade)).0);
            });
        }
        let order = if shuffled { "at random" } else { "in order" };
        each(&format!("reading 1000000 pointers {order}"), MANY, alone);
        each(&format!("downgrade, first, 1000000 objects {order}"), MANY, times);
    }
}

#[derive(Trace)]
struct Weak<'gc> {
    target: GcCell<WeakGc<'gc, Object>>,
}

fn upgrade() {
    const N: usize = 1000;
    const ROUNDS: usize = 100;
    let heap = quiet();
    let root: Root<Table<'static>> = heap.mutate(|mc| mc.root(table(mc, N)));
    heap.collect().unwrap();
    let times = (0..MEASUREMENTS).map(|_| {
        heap.mutate(|mc| {
            let weak: Vec<_> = root.get(mc).objects.iter().map(|&gc| Gc::downgrade(gc, mc)).collect();
            timed(|| (0..ROUNDS).for_each(|_| weak.iter().for_each(|weak| _ = black_box(weak.upgrade(mc))))).0
        })
    });
    each("WeakGc::upgrade", N * ROUNDS, times);
    let strong: Vec<_> = (0..N).map(|i| Arc::new([i as u64; 4])).collect();
    let weak: Vec<_> = strong.iter().map(Arc::downgrade).collect();
    let times = (0..MEASUREMENTS).map(|_| {
        timed(|| (0..ROUNDS).for_each(|_| weak.iter().for_each(|weak| _ = black_box(weak.upgrade())))).0
    });
    each("std::sync::Weak::upgrade, and the drop of what it gives", N * ROUNDS, times);
    let times = (0..MEASUREMENTS).map(|_| {
        let mut kept = Vec::with_capacity(N * ROUNDS);
        timed(|| (0..ROUNDS).for_each(|_| weak.iter().for_each(|weak| kept.push(weak.upgrade())))).0
    });
    each("std::sync::Weak::upgrade, kept", N * ROUNDS, times);
    let times = (0..MEASUREMENTS).map(|_| {
        heap.mutate(|mc| {
            let weak: Vec<_> = root.get(mc).objects.iter().map(|&gc| Gc::downgrade(gc, mc)).collect();
            let mut kept = Vec::with_capacity(N * ROUNDS);
            timed(|| {
                (0..ROUNDS).for_each(|_| weak.iter().for_each(|weak| kept.push(weak.upgrade(mc))));
            })
            .0
        })
    });
    each("WeakGc::upgrade, kept", N * ROUNDS, times);
    // The first after a cycle, which sweeps pages.
    let root = heap.mutate(|mc| {
        let objects = &root.get(mc).objects;
        let weak = |&gc| Gc::new(mc, Weak { target: GcCell::new(Gc::downgrade(gc, mc)) });
        mc.root(Gc::from_iter(mc, objects.iter().map(weak).collect::<Vec<_>>()))
    });
    heap.collect().unwrap();
    let times = (0..MEASUREMENTS).map(|_| {
        heap.mutate(|mc| {
            let weak = root.get(mc);
            timed(|| weak.iter().for_each(|weak| _ = black_box(weak.target.get().upgrade(mc)))).0
        })
    });
    each("WeakGc::upgrade out of an object", N, times);
}

fn finalizers() {
    const N: usize = 100_000;
    let (mut set, mut run) = (Vec::new(), Vec::new());
    for _ in 0..MEASUREMENTS {
        let heap = quiet();
        heap.mutate(|mc| {
            let table = table(mc, N);
            let time = timed(|| {
                for &object in &table.objects {
                    mc.set_finalizer(object, |object| _ = black_box(object)).unwrap();
                }
            });
            set.push(time.0);
        });
        heap.collect().unwrap();
        let (time, n) = timed(|| heap.run_pending().unwrap());
        assert_eq!(n, N as u64);
        run.push(time);
    }
    each("set_finalizer", N, set);
    each("run a finalizer", N, run);
}

fn cleanups() {
    const N: usize = 100_000;
    let (mut add, mut run) = (Vec::new(), Vec::new());
    for _ in 0..MEASUREMENTS {
        let heap = quiet();
        heap.mutate(|mc| {
            let table = table(mc, N);
            let time = timed(|| {
                for &object in &table.objects {
                    mc.add_cleanup(object, 1_u64, |argument| _ = black_box(argument));
                }
            });
            add.push(time.0);
        });
        heap.collect().unwrap();
        let (time, n) = timed(|| heap.run_pending().unwrap());
        assert_eq!(n, N as u64);
        run.push(time);
    }
    each("add_cleanup", N, add);
    each("run a cleanup", N, run);
}

/// The time of marking with weak pointers, less that without.
fn marking() {
    for threads in [1, 2] {
        let heap = Heap::builder().automatic(false).mark_threads(threads).build();
        let root: Root<Table<'static>> = heap.mutate(|mc| mc.root(table(mc, MANY)));
        let mark = || (0..MEASUREMENTS).map(|_| heap.collect().unwrap().marking).collect::<Vec<_>>();
        each(&format!("marking an object, {threads} threads"), MANY, mark());
        heap.mutate(|mc| root.get(mc).objects.iter().for_each(|&gc| _ = Gc::downgrade(gc, mc)));
        each(&format!("marking an object that has a weak pointer, {threads} threads"), MANY, mark());
        let sweep = (0..MEASUREMENTS).map(|_| heap.collect().unwrap().sweeping);
        each(&format!("sweeping an object that has a weak pointer, {threads} threads"), MANY, sweep);
    }
}
