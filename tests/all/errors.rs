//! Errors are for people.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use gc::{Gc, GcRefCell, Heap, Root};

/// What `unwrap` of an error prints says what to do, as the error's text does.
fn assert_readable<T, E: std::error::Error>(result: Result<T, E>, advice: &str) {
    let result = result.map(drop);
    let text = result.as_ref().expect_err("this does not work").to_string();
    assert!(text.contains(advice), "{text}");
    let unwrapped = catch_unwind(AssertUnwindSafe(|| result.unwrap())).unwrap_err();
    let printed = unwrapped.downcast_ref::<String>().expect("a message");
    assert!(printed.ends_with(&text), "{printed}");
}

#[test]
fn what_unwrap_prints_says_what_to_do() {
    let heap = Heap::builder().limit_bytes(1 << 20).build();
    heap.mutate(|mc| {
        assert_readable(heap.collect(), "call collect() after `mutate` has returned");
        assert_readable(heap.collect_timeout(Duration::ZERO), "call collect() after `mutate` has returned");
        assert_readable(heap.run_pending(), "call it after `mutate` has returned");
        assert_readable(Gc::try_new(mc, [0_u8; 2 << 20]), "leave the mutation and try again");
        let cell = Gc::new(mc, GcRefCell::new(1));
        let _guard = cell.borrow_mut(mc);
        // A debug build tells itself, unless other tests have taken the room for what is noted.
        let where_it_is = if cfg!(debug_assertions) { "borrowed" } else { "a debug build tells where" };
        assert_readable(cell.try_borrow(mc), where_it_is);
        let object = Gc::new(mc, 1);
        mc.set_finalizer(object, |_| ()).unwrap();
        assert_readable(mc.set_finalizer(object, |_| ()), "clear it first with `mc.clear_finalizer`");
    });
}

/// Two threads that meet at a cell are told of the lock that would make one wait; a thread that meets itself is not, as
/// it would wait for ever.
#[test]
fn who_meets_another_thread_at_a_cell_is_told_of_the_lock() {
    let heap = Heap::new();
    let cell: Root<GcRefCell<i32>> = heap.mutate(|mc| mc.root(Gc::new(mc, GcRefCell::new(1))));
    let named = |name: &str| std::thread::Builder::new().name(name.into());
    let text = std::thread::scope(|scope| {
        let (taken, is_taken) = std::sync::mpsc::channel();
        let (release, released) = std::sync::mpsc::channel::<()>();
        let (heap, cell) = (&heap, &cell);
        let holder = named("holder").spawn_scoped(scope, move || {
            heap.mutate(|mc| {
                let _guard = cell.get(mc).borrow_mut(mc);
                let own = cell.get(mc).try_borrow(mc).unwrap_err().to_string();
                taken.send(own).unwrap();
                released.recv().unwrap();
            });
        });
        let own = is_taken.recv().unwrap();
        // Of the same name, which does not make it the same thread.
        let other = named("holder").spawn_scoped(scope, move || {
            heap.mutate(|mc| cell.get(mc).try_borrow(mc).map(drop).unwrap_err().to_string())
        });
        let other = other.unwrap().join();
        release.send(()).unwrap();
        holder.unwrap().join().unwrap();
        (own, other.unwrap())
    });
    let advice = "where threads meet, a `GcRwLock` lets one wait for the other";
    assert!(text.1.contains(advice), "{}", text.1);
    // Builds that do not note who borrows know the owner's name only as long as it has the cell for itself.
    assert!(!cfg!(debug_assertions) || !text.0.contains(advice), "{}", text.0);
}
