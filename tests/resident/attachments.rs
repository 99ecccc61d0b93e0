//! Threads that attach and detach, far more often than there is room for what they might leave behind.

use std::thread;

use gc::{Gc, Heap};
use tests::process::{resident_bytes, trim_malloc};
use tests::watchdog::within;
use tests::{AtEnd, rounds};

use super::alone;

/// By how much the process may grow. A record of a thread takes some hundred bytes, and a place in a list of all: of a
/// hundred thousand that stayed it would be many times as much.
const MOST_KEPT: usize = 2 << 20;

thread_local! {
    /// Used first, and so destroyed when what keeps the thread attached is gone.
    static AT_END: AtEnd = AtEnd::default();
}

/// Attaches and detaches so often: when its table of heaps is gone a thread is attached no longer than its mutation is
/// open, or a mutator exists.
fn attach_and_detach(heaps: &[Heap], times: usize) {
    let own = heaps.to_vec();
    let at_end = move || {
        for round in 0..times {
            let heap = &own[round % own.len()];
            if round % 2 == 0 {
                heap.mutate(|mc| _ = Gc::new(mc, round));
            } else {
                heap.attach().mutate(|mc| _ = Gc::new(mc, round));
            }
        }
    };
    let thread = thread::spawn(|| {
        AT_END.with(|kept| kept.set(at_end));
        heaps_are_known();
    });
    thread.join().expect("it does not panic");
}

/// The table of heaps exists from here on.
fn heaps_are_known() {
    Heap::new().mutate(|_| ());
}

#[test]
fn a_hundred_thousand_attachments_leave_nothing() {
    let _alone = alone();
    within(std::time::Duration::from_secs(60), "a hundred thousand attachments", || {
        let heaps: Vec<Heap> = (0..4).map(|_| tests::on_request().build()).collect();
        let measure = |times| {
            attach_and_detach(&heaps, times);
            for heap in &heaps {
                // Nobody is left to be stopped or asked who would be.
                heap.collect().unwrap();
                heap.verify();
                let stats = heap.stats();
                assert_eq!((stats.objects(), stats.bytes_in_use, stats.roots), (0, 0, 0));
                assert_eq!(stats.attached_threads, 0);
            }
            trim_malloc();
            resident_bytes()
        };
        let before = measure(rounds(10_000));
        let after = measure(rounds(100_000));
        assert!(after < before + MOST_KEPT, "{before} bytes before, {after} bytes after");
    });
}

/// A thread that lives long and uses heaps that do not.
#[test]
fn a_thread_forgets_heaps_that_have_ended() {
    let _alone = alone();
    within(std::time::Duration::from_secs(60), "many heaps on a thread", || {
        let use_heaps = |n| {
            for round in 0..n {
                let heap = tests::on_request().build();
                heap.mutate(|mc| _ = Gc::new(mc, round));
                drop(heap.attach());
            }
            trim_malloc();
            resident_bytes()
        };
        let before = use_heaps(rounds(200));
        let after = use_heaps(rounds(2_000));
        assert!(after < before + MOST_KEPT, "{before} bytes before, {after} bytes after");
    });
}
