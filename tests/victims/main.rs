//! Processes that end, fork or panic in the middle of something: which one, the argument says.
//! The tests `process` start it.
#![expect(clippy::print_stdout, reason = "the tests read it")]

#[cfg(unix)]
mod fork;
mod hook;

use std::time::Duration;
use std::{process, thread};

use gc::{Gc, Heap, LogFormat};

fn main() {
    match std::env::args().nth(1).as_deref() {
        Some("exit_while_inside") => exit_while_inside(),
        #[cfg(unix)]
        Some(case) if case.starts_with("fork") => fork::run(case),
        Some("hook") => hook::run(),
        Some("log") => log(),
        other => {
            println!("{other:?} is no case");
            process::exit(2);
        }
    }
}

/// The process exits while threads mutate, and others collect: sooner or later, from one run to the next.
fn exit_while_inside() {
    let heap = Heap::builder().min_heap_bytes(16 << 10).build();
    let inside = std::sync::Arc::new(std::sync::Barrier::new(5));
    for number in 0..4 {
        let (heap, inside) = (heap.clone(), std::sync::Arc::clone(&inside));
        thread::spawn(move || {
            heap.mutate(|mc| _ = Gc::new(mc, 1_u64));
            inside.wait();
            loop {
                heap.mutate(|mc| (0..1000).for_each(|n: u64| _ = Gc::new(mc, [n; 4])));
                if number == 0 {
                    heap.collect().expect("outside");
                }
            }
        });
    }
    inside.wait();
    thread::sleep(Duration::from_micros(u64::from(process::id()) % 7 * 700));
    process::exit(0);
}

/// Three cycles of three heaps, each of which finds the same.
fn log() {
    let quiet = || Heap::builder().automatic(false);
    let heaps = [
        quiet().name("as the variable says").build(),
        quiet().name("loud").log(LogFormat::Text).build(),
        quiet().name("silent").log(None).build(),
    ];
    for heap in heaps {
        let _kept: Vec<_> =
            heap.mutate(|mc| (0..100_u64).map(|number| mc.root(Gc::new(mc, number))).collect());
        for _ in 0..3 {
            heap.mutate(|mc| (0..50_u64).for_each(|number| _ = Gc::new(mc, number)));
            heap.collect().expect("outside");
        }
    }
}
