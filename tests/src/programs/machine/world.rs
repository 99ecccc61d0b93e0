//! A heap, its model, and what the program holds of it.

use std::cell::Cell as StdCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use gc::{Cleanup, Heap};

use crate::programs::anchors::{AnyPin, AnyRoot, AnyWeak};
use crate::programs::callbacks::Log;
use crate::programs::canary::Ledger;
use crate::programs::oracle::Model;

/// A heap and its model.
#[derive(Debug)]
pub(super) struct World {
    pub(super) heap: Heap,
    pub(super) model: Model,
    /// The real roots, beside those of the model.
    pub(super) roots: Vec<AnyRoot>,
    /// The real weak roots, beside those of the model.
    pub(super) weak: Vec<AnyWeak>,
    /// The real pins, beside those of the model.
    pub(super) pins: Vec<AnyPin>,
    /// Cleanups, by number, those that have run included.
    pub(super) cleanups: BTreeMap<u64, Cleanup>,
    /// What leads to objects with finalizers in a heap that others use, one for each: that none of them is left there in
    /// the end.
    pub(super) guards: BTreeMap<u64, AnyWeak>,
    /// Roots of heaps that are gone.
    pub(super) stale: Vec<AnyRoot>,
    /// Weak roots of heaps that are gone.
    pub(super) stale_weak: Vec<AnyWeak>,
    pub(super) log: Arc<Log>,
    pub(super) ledger: Arc<Ledger>,
    /// Objects that were made, but for newborns.
    pub(super) made: StdCell<u64>,
    /// Callbacks that had run when the last one was noted. If there are more that one has ended.
    pub(super) n_run: u64,
    /// Whether there ever were special records.
    pub(super) has_records: bool,
}

impl World {
    pub(super) fn new(heap: Heap) -> Self {
        Self {
            heap,
            model: Model::default(),
            roots: Vec::new(),
            weak: Vec::new(),
            pins: Vec::new(),
            cleanups: BTreeMap::new(),
            guards: BTreeMap::new(),
            stale: Vec::new(),
            stale_weak: Vec::new(),
            log: Arc::default(),
            ledger: Arc::default(),
            made: StdCell::new(0),
            n_run: 0,
            has_records: false,
        }
    }

    /// Objects with library drop glue that are not dropped.
    pub(super) fn tokens(&self) -> usize {
        Arc::strong_count(&self.ledger.token) - 1
    }
}
