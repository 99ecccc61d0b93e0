//! Errors are for people.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use gc::{Gc, GcRefCell, Heap};

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
        let where_it_is = if cfg!(debug_assertions) { file!() } else { "a debug build tells where" };
        assert_readable(cell.try_borrow(mc), where_it_is);
    });
}
