//! Mutations that end by a panic: what is due then is done at the next entry.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use gc::{Gc, Heap};

const MIB: usize = 1 << 20;

/// Ends a mutation by unwinding, past the hook that would print it.
fn unwinds(heap: &Heap, run: impl for<'gc> Fn(&gc::Mutation<'gc>)) {
    let mutation = || {
        heap.mutate(|mc| {
            run(mc);
            resume_unwind(Box::new("on purpose"));
        });
    };
    assert!(catch_unwind(AssertUnwindSafe(mutation)).is_err());
}

#[test]
fn garbage_of_mutations_that_panic_is_collected() {
    let heap = Heap::builder().min_heap_bytes(MIB).build();
    for _ in 0..50 {
        unwinds(&heap, |mc| _ = Gc::from_slice(mc, &[1_u8; MIB]));
        assert!(heap.stats().bytes_in_use <= 3 * MIB, "{:?}", heap.stats());
    }
}

/// A thread that ends after it leaves what is due to the next one.
#[test]
fn garbage_of_threads_that_panic_is_collected() {
    let heap = Heap::builder().min_heap_bytes(MIB).build();
    for _ in 0..50 {
        let panics = || unwinds(&heap, |mc| _ = Gc::from_slice(mc, &[1_u8; MIB]));
        std::thread::scope(|scope| scope.spawn(panics).join().unwrap());
        assert!(heap.stats().bytes_in_use <= 3 * MIB, "{:?}", heap.stats());
    }
}

#[test]
fn a_heap_at_its_limit_is_usable_after_the_panic() {
    let heap = Heap::builder().limit_bytes(MIB).build();
    for _ in 0..5 {
        let made = std::cell::Cell::new(0);
        let until_the_limit = || {
            heap.mutate(|mc| {
                loop {
                    if Gc::try_new(mc, [1_u64; 8]).is_err() {
                        resume_unwind(Box::new("on purpose"));
                    }
                    made.set(made.get() + 1);
                }
            })
        };
        assert!(catch_unwind(AssertUnwindSafe(|| -> () { until_the_limit() })).is_err());
        assert!(made.get() >= MIB / 64 / 2, "{} objects were made", made.get());
    }
}

/// A mutation in a destructor that runs while a panic unwinds is one like any other.
#[test]
fn mutations_while_a_panic_unwinds() {
    struct AtEnd<'h>(&'h Heap);
    impl Drop for AtEnd<'_> {
        fn drop(&mut self) {
            for _ in 0..3 {
                self.0.mutate(|mc| _ = Gc::from_slice(mc, &[1_u8; MIB]));
            }
        }
    }
    let heap = Heap::builder().min_heap_bytes(MIB).build();
    let unwinding = || {
        let _at_end = AtEnd(&heap);
        unwinds(&heap, |mc| _ = Gc::from_slice(mc, &[1_u8; MIB]));
        resume_unwind(Box::new("on purpose"));
    };
    assert!(catch_unwind(AssertUnwindSafe(|| -> () { unwinding() })).is_err());
    heap.mutate(|_| ());
    assert_eq!(heap.collect().unwrap().live_objects, 0);
}
