//! A heap, its model, and what the program holds of it.

use core::ptr::null;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use gc::capi::{
    CleanupHandle, GC_HEAP_BY_HAND, GC_HEAP_MANUAL, HeapHandle, HeapOptions, MutatorHandle, PinHandle,
    RootHandle, Status, WeakHandle, gc_detach, gc_heap_close, gc_pin_drop,
};
use tests::patience::Since;
use tests::programs::oracle::Model;
use tests::programs::program::Setup;

use crate::calls::{attach, done, heap_new};
use crate::kinds::Layout;
use crate::notes::Notes;

/// How long code that runs on another thread may take.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

#[derive(Debug)]
pub(crate) struct World {
    pub(crate) heap: HeapHandle,
    pub(crate) mutator: MutatorHandle,
    pub(crate) model: Model,
    /// By number; those of objects that are dead, too.
    pub(crate) layouts: BTreeMap<u64, Layout>,
    /// The real roots, beside those of the model.
    pub(crate) roots: Vec<RootHandle>,
    pub(crate) weak: Vec<WeakHandle>,
    pub(crate) pins: Vec<PinHandle>,
    pub(crate) cleanups: BTreeMap<u64, CleanupHandle>,
    pub(crate) notes: Arc<Notes>,
    /// Objects that were made.
    pub(crate) made: u64,
    /// Roots and weak pointers of heaps that are gone.
    pub(crate) stale: Vec<RootHandle>,
    pub(crate) stale_weak: Vec<WeakHandle>,
}

impl World {
    pub(crate) fn new(setup: Setup) -> Self {
        let flag = |is: bool, flag| if is { flag } else { 0 };
        let heap = heap_new(&HeapOptions {
            name: null(),
            limit_bytes: if setup.limit_bytes == usize::MAX { 0 } else { setup.limit_bytes },
            soft_limit_bytes: 0,
            min_heap_bytes: setup.min_heap_bytes,
            growth_percent: 0,
            idle_after_ms: 0,
            flags: flag(!setup.automatic, GC_HEAP_MANUAL) | flag(setup.by_hand, GC_HEAP_BY_HAND),
        });
        Self {
            heap,
            mutator: attach(heap),
            model: Model::default(),
            layouts: BTreeMap::new(),
            roots: Vec::new(),
            weak: Vec::new(),
            pins: Vec::new(),
            cleanups: BTreeMap::new(),
            notes: Arc::default(),
            made: 0,
            stale: Vec::new(),
            stale_weak: Vec::new(),
        }
    }

    /// Ends the heap, with its roots outstanding, and makes a new one.
    pub(crate) fn replace(&mut self, setup: Setup) {
        assert_eq!(gc_heap_close(self.heap), Status::Busy, "a thread is attached");
        done(gc_detach(self.mutator));
        if !self.pins.is_empty() {
            assert_eq!(gc_heap_close(self.heap), Status::Busy, "objects are pinned");
            self.pins.drain(..).for_each(|pin| done(gc_pin_drop(pin)));
        }
        done(gc_heap_close(self.heap));
        assert_eq!(gc_heap_close(self.heap), Status::InvalidHandle, "a heap ends once");
        // Destructors may still run on a thread of the heap's own, which then ends it.
        let since = Since::now();
        while self.notes.alive() > 0 || self.notes.arguments.load(Ordering::Relaxed) > 0 {
            assert!(since.elapsed() < PATIENCE, "{} objects outlive their heap", self.notes.alive());
            std::thread::sleep(Duration::from_micros(50));
        }
        assert!(self.notes.once(), "destroyed twice");
        let ended = core::mem::replace(self, Self::new(setup));
        for (_, cleanup) in ended.cleanups {
            assert!(!crate::calls::cleanup_stop(cleanup), "the heap has ended");
        }
        self.stale = [ended.stale, ended.roots].concat();
        self.stale_weak = [ended.stale_weak, ended.weak].concat();
    }
}
