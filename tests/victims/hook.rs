//! A panic hook that uses the heap in which, or beside which, the panic happens.

use std::panic::{AssertUnwindSafe, catch_unwind, set_hook};
use std::sync::{LazyLock, Mutex};
use std::thread;

use gc::{Gc, Heap, Root};
use tests::canary::OnDrop;

static HEAP: LazyLock<Heap> = LazyLock::new(|| Heap::builder().name("hooked").automatic(false).build());
/// What the hook has made.
static MADE: Mutex<Vec<Root<String>>> = Mutex::new(Vec::new());

pub(super) fn run() {
    set_hook(Box::new(|info| {
        let message = info.payload().downcast_ref::<&str>().copied().unwrap_or("no message");
        let text: Root<String> = HEAP.mutate(|mc| mc.root(Gc::new(mc, message.to_owned())));
        HEAP.mutate(|mc| assert_eq!(*text.get(mc), message));
        let mut made = MADE.lock().expect("the hook does not panic");
        made.push(text);
        match HEAP.collect() {
            Ok(_) => println!("{message}: made {}, collected", made.len()),
            Err(error) => println!("{message}: made {}, could not collect: {error}", made.len()),
        }
    }));
    let caught = |run: &dyn Fn()| assert!(catch_unwind(AssertUnwindSafe(run)).is_err());
    caught(&|| panic!("outside"));
    caught(&|| HEAP.mutate(|_| panic!("in a mutation")));

    HEAP.mutate(|mc| _ = Gc::new(mc, OnDrop::new(|| panic!("in a destructor"))));
    HEAP.collect().expect("outside");
    HEAP.mutate(|mc| {
        assert!(mc.set_finalizer(Gc::new(mc, 1_u64), |_| panic!("in a finalizer")).is_ok());
    });
    HEAP.collect().expect("outside");
    HEAP.wait_for_pending().expect("outside");
    HEAP.mutate(|mc| _ = mc.add_cleanup(Gc::new(mc, 1_u64), (), |()| panic!("in a cleanup")));
    HEAP.collect().expect("outside");
    HEAP.wait_for_pending().expect("outside");
    assert!(thread::spawn(|| panic!("in a thread that ends")).join().is_err());

    let stats = HEAP.stats();
    let panics = (stats.destructor_panics, stats.finalizer_panics, stats.cleanup_panics);
    assert_eq!(panics, (1, 1, 1));
    let text = HEAP
        .mutate(|mc| MADE.lock().expect("it is whole").iter().map(|text| text.get(mc).len()).sum::<usize>());
    assert!(text > 0);
    MADE.lock().expect("it is whole").clear();
    println!("alive at the end: {}", HEAP.collect().expect("outside").live_objects);
    HEAP.verify();
}
