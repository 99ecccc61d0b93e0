//! A process that forks, starts no other program, and goes on in both.
//!
//! The child has the one thread that forked. What a thread of the parent was doing at that moment, inside of a mutation
//! or under a lock, is never done in the child; so in these cases all other threads are outside.

use core::ffi::c_int;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process;
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use gc::{Gc, Heap, Root};
use tests::canary::Ledger;
use tests::patience::Since;
use tests::shapes::{self, Node, Shape};

mod c {
    use core::ffi::c_int;

    unsafe extern "C" {
        pub(super) safe fn fork() -> c_int;
        pub(super) fn waitpid(process: c_int, status: *mut c_int, options: c_int) -> c_int;
        pub(super) safe fn kill(process: c_int, signal: c_int) -> c_int;
        pub(super) safe fn _exit(status: c_int) -> !;
    }
}

const WNOHANG: c_int = 1;
const SIGKILL: c_int = 9;

pub(super) fn run(case: &str) {
    let heap = Heap::builder().min_heap_bytes(1 << 20).build();
    let ledger = Ledger::new(100);
    let ring: Root<Node<'static>> = heap.mutate(|mc| mc.root(shapes::ring(mc, &ledger, 100)));
    match case {
        "fork_alone" => heap.collect().map(drop).expect("outside"),
        "fork_beside_threads" => attach_threads(&heap),
        "fork_after_callbacks" => run_callbacks(&heap),
        _ => process::exit(2),
    }
    println!("child: {}", fork(|| use_heap(&heap, &ring)));
    use_heap(&heap, &ring);
    println!("parent: all well");
    // Some threads never end.
    process::exit(0);
}

/// Threads that are attached and do nothing.
fn attach_threads(heap: &Heap) {
    let (tell, told) = channel();
    for _ in 0..4 {
        let (heap, tell) = (heap.clone(), tell.clone());
        thread::spawn(move || {
            heap.mutate(|mc| _ = Gc::new(mc, 1_u64));
            tell.send(()).expect("it is waited for");
            loop {
                thread::park();
            }
        });
    }
    (0..4).for_each(|_| told.recv().expect("they tell"));
}

/// The heap has started its own thread for them, which waits for more.
fn run_callbacks(heap: &Heap) {
    heap.mutate(|mc| _ = mc.add_cleanup(Gc::new(mc, 1_u64), (), |()| ()));
    heap.collect().expect("outside");
    heap.wait_for_pending().expect("outside");
    assert_eq!(heap.stats().cleanups_run, 1);
}

/// Uses what there is: objects from before, new ones, and callbacks, which this thread runs, as the heap's own threads are
/// not in the child. For the same reason it collects: a cycle that is due may be left to one of those.
fn use_heap(heap: &Heap, ring: &Root<Node<'static>>) {
    assert_eq!(heap.mutate(|mc| Shape::of_ring(ring.get(mc))), 100);
    for _ in 0..20 {
        heap.mutate(|mc| (0..10_000).for_each(|n: u64| _ = Gc::new(mc, [n; 4])));
    }
    heap.mutate(|mc| _ = mc.add_cleanup(Gc::new(mc, 1_u64), (), |()| ()));
    heap.collect().expect("outside");
    heap.run_pending().expect("outside");
    heap.wait_for_pending().expect("outside");
    assert_eq!(heap.stats().cleanups_run, heap.stats().cleanups_queued);
    heap.verify();
    assert_eq!(heap.mutate(|mc| Shape::of_ring(ring.get(mc))), 100);
}

/// Forks; the child runs `child` and exits. What became of it.
fn fork(child: impl FnOnce()) -> &'static str {
    let forked = c::fork();
    if forked == 0 {
        let outcome = catch_unwind(AssertUnwindSafe(child));
        // Without what a process does at its end, which is the parent's.
        c::_exit(c_int::from(outcome.is_err()));
    }
    assert!(forked > 0, "the system forks");
    let (since, mut status) = (Since::now(), 0);
    loop {
        // SAFETY: `status` may be written.
        if unsafe { c::waitpid(forked, &raw mut status, WNOHANG) } == forked {
            return if status == 0 { "all well" } else { "failed" };
        }
        if since.elapsed() > Duration::from_secs(10) {
            c::kill(forked, SIGKILL);
            return "hangs";
        }
        thread::sleep(Duration::from_millis(1));
    }
}
