//! A heap in which nothing happens by itself: cycles and callbacks come when a test asks for them.

use std::sync::{Arc, Mutex};

use gc::{Gc, Heap, Mutation, WeakRoot};
use tests::canary::{Canary, Ledger};

/// A heap whose callbacks run when the test says so, and what they have said.
pub(super) struct Bench {
    pub(super) heap: Heap,
    pub(super) ledger: Arc<Ledger>,
    pub(super) log: Arc<Mutex<Vec<&'static str>>>,
}

impl Bench {
    pub(super) fn new() -> Self {
        let heap = Heap::builder().run_by_hand(true).automatic(false).build();
        Self { heap, ledger: Ledger::new(16), log: Arc::default() }
    }

    /// Says that `what` has run.
    pub(super) fn says(&self, what: &'static str) -> impl FnOnce() + Send + 'static {
        let log = Arc::clone(&self.log);
        move || log.lock().unwrap().push(what)
    }

    /// Makes an object with records.
    pub(super) fn object(&self, records: impl for<'gc> FnOnce(&Mutation<'gc>, Gc<'gc, Canary>)) {
        self.heap.mutate(|mc| records(mc, Gc::new(mc, self.ledger.canary())));
    }

    pub(super) fn finalizer<'gc>(&self, mc: &Mutation<'gc>, gc: Gc<'gc, Canary>, name: &'static str) {
        let says = self.says(name);
        mc.set_finalizer(gc, move |object| {
            object.mutate(|_, gc| _ = gc.id());
            says();
        })
        .unwrap();
    }

    pub(super) fn cleanup<'gc>(&self, mc: &Mutation<'gc>, gc: Gc<'gc, Canary>, name: &'static str) {
        mc.add_cleanup(gc, self.says(name), |says| says());
    }

    pub(super) fn weak<'gc>(mc: &Mutation<'gc>, gc: Gc<'gc, Canary>) -> WeakRoot<Canary> {
        mc.weak_root(Gc::downgrade(gc, mc))
    }

    /// A cycle; what ran before the callbacks, which run then.
    pub(super) fn cycle(&self) -> Vec<&'static str> {
        let before = self.heap.stats();
        let stats = self.heap.collect().unwrap();
        let after = self.heap.stats();
        // What was due before had run; cleanups of an object with a destructor are due after that.
        let queued = after.finalizers_queued + after.cleanups_queued;
        assert_eq!(stats.callbacks_left, queued - before.finalizers_run - before.cleanups_run);
        self.heap.verify();
        self.heap.run_pending().unwrap();
        self.heap.verify();
        std::mem::take(&mut *self.log.lock().unwrap())
    }

    pub(super) fn is_upgradable(&self, weak: &WeakRoot<Canary>) -> bool {
        self.heap.mutate(|mc| weak.get(mc).is_some())
    }

    pub(super) fn alive(&self) -> usize {
        self.ledger.alive()
    }
}
