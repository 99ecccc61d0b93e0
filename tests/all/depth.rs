//! However deep or wide the data, a small stack is enough to mark, sweep and drop it.

use gc::{Gc, GcCell, Heap, Root, Trace};
use tests::canary::{Canary, Ledger};

const N: usize = 10_000_000;

/// Runs on a thread with a small stack.
fn on_a_small_stack(run: impl FnOnce() + Send + 'static) {
    let thread = std::thread::Builder::new().stack_size(512 << 10).spawn(run).unwrap();
    if let Err(panic) = thread.join() {
        std::panic::resume_unwind(panic);
    }
}

fn heap() -> Heap {
    tests::on_request().build()
}

#[derive(Trace)]
struct Cons<'gc> {
    next: GcCell<Option<Gc<'gc, Cons<'gc>>>>,
}

#[test]
fn a_list_of_ten_million() {
    on_a_small_stack(|| {
        let heap = heap();
        let root: Root<Cons<'static>> = heap.mutate(|mc| {
            let mut head = Gc::new(mc, Cons { next: GcCell::new(None) });
            for _ in 1..N {
                head = Gc::new(mc, Cons { next: GcCell::new(Some(head)) });
            }
            mc.root(head)
        });
        assert_eq!(heap.collect().unwrap().live_objects, N as u64);
        let length =
            heap.mutate(|mc| std::iter::successors(Some(root.get(mc)), |node| node.next.get()).count());
        assert_eq!(length, N);
        drop(root);
        heap.collect().unwrap();
        assert_eq!(heap.stats().objects(), 0);
    });
}

#[test]
fn a_slice_of_ten_million_edges() {
    on_a_small_stack(|| {
        let heap = heap();
        let root: Root<[Gc<'static, Cons<'static>>]> = heap.mutate(|mc| {
            let items = (0..N).map(|_| Gc::new(mc, Cons { next: GcCell::new(None) }));
            mc.root(Gc::from_iter(mc, items))
        });
        assert_eq!(heap.collect().unwrap().live_objects, N as u64 + 1);
        drop(root);
        heap.collect().unwrap();
        assert_eq!(heap.stats().objects(), 0);
    });
}

/// Data that owns itself on Rust's own heap, with an edge at each depth.
#[derive(Trace)]
struct Deep<'gc> {
    canary: Gc<'gc, Canary>,
    #[expect(clippy::vec_box, reason = "one level more")]
    inner: Vec<Box<Deep<'gc>>>,
}

impl Deep<'_> {
    /// Takes the nesting apart without recursion, and returns its depth. (A type that holds a `Gc` can have no
    /// `Drop` that would do it.)
    fn take_apart(self) -> usize {
        let (mut depth, mut next) = (0, Some(self));
        while let Some(mut deep) = next {
            next = deep.inner.pop().map(|boxed| *boxed);
            depth += 1;
        }
        depth
    }
}

#[test]
fn owned_data_nested_a_hundred_thousand_deep() {
    const DEPTH: usize = 100_000;
    on_a_small_stack(|| {
        let (heap, ledger) = (heap(), Ledger::new(DEPTH));
        let root: Root<gc::GcRefCell<Option<Deep<'static>>>> = heap.mutate(|mc| {
            let mut deep: Option<Deep<'_>> = None;
            for _ in 0..DEPTH {
                let inner = deep.take().map(Box::new).into_iter().collect();
                deep = Some(Deep { canary: Gc::new(mc, ledger.canary()), inner });
            }
            mc.root(Gc::new(mc, gc::GcRefCell::new(deep)))
        });
        for _ in 0..2 {
            assert_eq!(heap.collect().unwrap().live_objects, DEPTH as u64 + 1);
            ledger.assert_all_alive();
        }
        heap.mutate(|mc| {
            let deep = root.get(mc).borrow_mut(mc).take().unwrap();
            assert!(ledger.is_alive(deep.canary.id()));
            assert_eq!(deep.take_apart(), DEPTH);
        });
        heap.collect().unwrap();
        ledger.assert_all_dropped();
    });
}

/// A plain type may have a `Drop`, which the collector calls and which does not recurse.
#[derive(Trace)]
struct Matryoshka {
    _canary: Canary,
    #[expect(clippy::vec_box, reason = "one level more")]
    inner: Vec<Box<Matryoshka>>,
}

impl Drop for Matryoshka {
    fn drop(&mut self) {
        let mut rest = core::mem::take(&mut self.inner);
        while let Some(mut doll) = rest.pop() {
            rest.append(&mut doll.inner);
        }
    }
}

#[test]
fn destructors_of_nested_data_run_in_the_collector() {
    const DEPTH: usize = 100_000;
    on_a_small_stack(|| {
        let (heap, ledger) = (heap(), Ledger::new(DEPTH));
        heap.mutate(|mc| {
            let mut doll = Matryoshka { _canary: ledger.canary(), inner: vec![] };
            for _ in 1..DEPTH {
                doll = Matryoshka { _canary: ledger.canary(), inner: vec![Box::new(doll)] };
            }
            Gc::new(mc, doll);
        });
        // Zeal has collected, and the service thread has begun.
        assert!(ledger.alive() == DEPTH || cfg!(gc_zeal));
        heap.collect().unwrap();
        ledger.assert_all_dropped();
    });
}

/// Owned data that library code drops, by a call inside a call.
#[derive(Trace)]
struct Nested<'gc> {
    _item: Gc<'gc, u64>,
    _next: Option<Box<Nested<'gc>>>,
}

/// A heap's own threads have a stack like the main thread's, or as large as is asked for.
#[test]
fn nested_data_is_dropped_on_the_stack_that_the_heap_was_built_with() {
    const DEPTH: u64 = 200_000;
    const STACK: usize = 256 << 20;
    let heap = Heap::builder().min_heap_bytes(1 << 20).thread_stack_bytes(STACK).build();
    let work = || {
        // So many spans that the mutator leaves them to a thread of the heap.
        let keep: Vec<Root<[u64; 2000]>> =
            heap.mutate(|mc| (0..1000_u64).map(|n| mc.root(Gc::new(mc, [n; 2000]))).collect());
        heap.mutate(|mc| {
            let item = Gc::new(mc, 1);
            let nested = |next, _| Some(Box::new(Nested { _item: item, _next: next }));
            let list = (1..DEPTH).fold(None, nested);
            Gc::new(mc, Nested { _item: item, _next: list });
        });
        let before = heap.stats().objects_freed;
        while heap.stats().objects_freed == before {
            heap.mutate(|mc| (0..50).for_each(|_| _ = Gc::new(mc, [0_u64; 256])));
        }
        heap.collect().unwrap();
        drop(keep);
    };
    // Whoever sweeps the span drops it, and that may be the mutator.
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(STACK);
        thread.spawn_scoped(scope, work).unwrap().join().unwrap();
    });
}
