//! A process that forks, starts no other program, and goes on in both.

use core::ffi::c_int;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process;
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use gc::{Gc, Heap, Mutator, Root, WeakRoot};
use tests::canary::Ledger;
use tests::patience::Since;
use tests::shapes::{self, Node, Shape};
use tests::{panic_of, quietly};

pub(super) fn run(case: &str) {
    // One thread marks: others are of a pool, which exists from then on.
    let heap = Heap::builder().min_heap_bytes(1 << 20).mark_threads(1).build();
    let ledger = Ledger::new(100);
    let ring: Root<Node<'static>> = heap.mutate(|mc| mc.root(shapes::ring(mc, &ledger, 100)));
    let child = match case {
        "fork_alone" => {
            heap.collect().expect("outside");
            fork(|| use_heap(&heap, &ring))
        }
        "fork_beside_threads" => {
            attach_threads(&heap);
            let (mutator, weak) =
                (heap.attach(), heap.mutate(|mc| mc.weak_root(Gc::downgrade(ring.get(mc), mc))));
            fork(|| find_it_refused(heap.clone(), mutator, ring.clone(), weak))
        }
        "fork_inside" => {
            attach_threads(&heap);
            heap.mutate(|mc| {
                fork(|| {
                    assert_eq!(Shape::of_ring(ring.get(mc)), 100);
                    assert_refused("allocating", || (0..1_000_000).for_each(|n: u64| _ = Gc::new(mc, n)));
                })
            })
        }
        "fork_after_fork" => {
            attach_threads(&heap);
            fork(|| {
                let own = Heap::new();
                let root: Root<u64> = own.mutate(|mc| mc.root(Gc::new(mc, 1_u64)));
                assert_eq!(fork(|| assert_eq!(own.mutate(|mc| *root.get(mc)), 1)), "all well");
                own.collect().expect("outside");
                assert_refused("a mutation", || heap.mutate(|_| ()));
            })
        }
        _ => process::exit(2),
    };
    println!("child: {child}");
    use_heap(&heap, &ring);
    println!("parent: all well");
    // Some threads never end.
    process::exit(0);
}

/// Threads that are attached and do nothing; and one that is in the heap's service.
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
    heap.mutate(|mc| _ = mc.add_cleanup(Gc::new(mc, 1_u64), (), |()| ()));
    heap.collect().expect("outside");
    heap.wait_for_pending().expect("outside");
    assert_eq!(heap.stats().cleanups_run, 1);
}

/// Uses what there is: objects from before, new ones, and callbacks.
fn use_heap(heap: &Heap, ring: &Root<Node<'static>>) {
    assert_eq!(heap.mutate(|mc| Shape::of_ring(ring.get(mc))), 100);
    for _ in 0..20 {
        heap.mutate(|mc| (0..10_000).for_each(|n: u64| _ = Gc::new(mc, [n; 4])));
    }
    heap.mutate(|mc| _ = mc.add_cleanup(Gc::new(mc, 1_u64), (), |()| ()));
    heap.collect().expect("outside");
    heap.wait_for_pending().expect("outside");
    assert_eq!(heap.stats().cleanups_run, heap.stats().cleanups_queued);
    heap.verify();
    assert_eq!(heap.mutate(|mc| Shape::of_ring(ring.get(mc))), 100);
}

/// Uses a heap that has lost threads, in all ways; and gives up all that it has of it.
fn find_it_refused(
    heap: Heap,
    mut mutator: Mutator,
    ring: Root<Node<'static>>,
    weak: WeakRoot<Node<'static>>,
) {
    assert_refused("a mutation", || heap.mutate(|_| ()));
    assert_refused("a mutation of an attached thread", || mutator.mutate(|_| ()));
    assert_refused("attaching", || drop(heap.attach()));
    assert_refused("collect", || drop(heap.collect()));
    assert_refused("collect_timeout", || drop(heap.collect_timeout(Duration::from_secs(1))));
    assert_refused("run_pending", || drop(heap.run_pending()));
    assert_refused("wait_for_pending", || drop(heap.wait_for_pending()));
    assert_refused("stats", || drop(heap.stats()));
    assert_refused("verify", || heap.verify());
    assert_refused("trim", || _ = heap.trim());
    assert_refused("pins", || drop(heap.pins()));
    let there =
        thread::scope(|scope| scope.spawn(|| panic_of(|| heap.mutate(|_| ()))).join().expect("caught"));
    assert!(there.contains("forked off"), "on another thread: {there}");
    assert!(format!("{heap:?}").contains("Heap"));
    drop((mutator, weak, ring.clone(), ring, heap));

    let own = Heap::new();
    let root: Root<u64> = own.mutate(|mc| mc.root(Gc::new(mc, 7_u64)));
    for _ in 0..20 {
        own.mutate(|mc| (0..10_000).for_each(|n: u64| _ = Gc::new(mc, [n; 4])));
    }
    own.mutate(|mc| _ = mc.add_cleanup(Gc::new(mc, 1_u64), (), |()| ()));
    own.collect().expect("outside");
    own.wait_for_pending().expect("outside");
    assert_eq!((own.stats().cleanups_run, own.mutate(|mc| *root.get(mc))), (1, 7));
}

fn assert_refused(what: &str, run: impl FnOnce()) {
    let outcome = quietly(true, || catch_unwind(AssertUnwindSafe(|| panic_of(run))));
    let message = outcome.unwrap_or_else(|_| panic!("{what} is not refused"));
    assert!(message.contains("forked off") && message.contains("fork.rs"), "{what}: {message}");
}

/// Forks; the child runs `child` and exits. What became of it.
fn fork(child: impl FnOnce()) -> &'static str {
    // SAFETY: the child does nothing that another thread of the parent may be in the middle of: those that there are sleep.
    let forked = unsafe { libc::fork() };
    if forked == 0 {
        let outcome = catch_unwind(AssertUnwindSafe(child));
        // SAFETY: without what a process does at its end, which is the parent's.
        unsafe { libc::_exit(c_int::from(outcome.is_err())) };
    }
    assert!(forked > 0, "the system forks");
    let (since, mut status) = (Since::now(), 0);
    loop {
        // SAFETY: `status` may be written.
        if unsafe { libc::waitpid(forked, &raw mut status, libc::WNOHANG) } == forked {
            return if status == 0 { "all well" } else { "failed" };
        }
        if since.elapsed() > Duration::from_secs(10) {
            // SAFETY: it is our child, which has not been waited for.
            unsafe { libc::kill(forked, libc::SIGKILL) };
            return "hangs";
        }
        thread::sleep(Duration::from_millis(1));
    }
}
