//! Finding finalizers that never run, because their object refers to itself.
//!
//! All that objects with a finalizer lead to is one graph, which is made while the world is stopped. An object lies on a
//! cycle exactly if its strongly connected component has an edge inside. So the whole report takes time and memory
//! linear in that graph, however many finalizers there are. The value of an ephemeron is no part of it: it depends on more
//! than one object whether that keeps anything.
//!
//! (Go's runtime has such a check as a debug mode: it marks once for each finalizer, and ends the process.)

use core::panic::AssertUnwindSafe;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::panic::catch_unwind;

use super::edges::edges_of;
use super::graph::Graph;
use super::request::collect;
use super::stop::stop;
use crate::callback::discard_payload;
use crate::error::CollectError;
use crate::finalizer_report::{FinalizerCycle, ObjectOfCycle};
use crate::layout::FIRST_EDGE_ADDRESS;
use crate::memory::{AddressMap, Class, Memory};
use crate::mutator::Core;
use crate::sync::Arc;

/// So many cycles are told of: whoever mends one mends many.
const MOST: usize = 50;

/// Cycles of references that contain an object with a finalizer, after a collection, by address.
pub(crate) fn finalizer_cycles(core: &Arc<Core>) -> Result<Vec<FinalizerCycle>, CollectError> {
    collect(core, None)?;
    let stopped = stop(core);
    // SAFETY: the world is stopped.
    let found = catch_unwind(AssertUnwindSafe(|| unsafe { find(&core.memory) }));
    drop(stopped);
    found.map_err(|payload| {
        discard_payload(payload);
        CollectError::TracePanicked
    })
}

/// # Safety
///
/// The world of the heap is stopped.
unsafe fn find(memory: &Memory) -> Vec<FinalizerCycle> {
    let mut objects = Objects {
        map: memory.map(),
        classes: memory.all_classes(),
        numbers: HashMap::new(),
        starts: Vec::new(),
    };
    let mut finalized = memory.finalized();
    finalized.sort_unstable();
    // SAFETY: records are about objects.
    let number = |&(address, name): &(*const u8, _)| (unsafe { objects.number(address) }, name);
    let finalized: Vec<(usize, &str)> = finalized.iter().map(number).collect();
    let mut graph = Graph::default();
    while let Some(&(start, class)) = objects.starts.get(graph.successors.len()) {
        // SAFETY: what an object with a finalizer refers to is marked in each cycle, or younger; the caller's duty.
        let edges = unsafe { edges_of(class, start, |_| false) };
        let edges = edges.into_iter().filter(|edge| edge.addr() >= FIRST_EDGE_ADDRESS);
        // SAFETY: as above.
        graph.successors.push(edges.map(|edge| unsafe { objects.number(edge) }).collect());
    }
    let components = graph.components();
    let cycles = finalized.into_iter().filter_map(|(node, type_name)| {
        let mut cycle =
            graph.cycle_through(node, &components)?.into_iter().map(|node| objects.describe(node));
        let first = ObjectOfCycle { type_name, ..cycle.next()? };
        Some(FinalizerCycle { objects: core::iter::once(first).chain(cycle).collect() })
    });
    cycles.take(MOST).collect()
}

/// Objects that were met, numbered.
struct Objects<'m> {
    map: AddressMap,
    classes: Vec<&'m Class>,
    numbers: HashMap<usize, usize>,
    /// By number.
    starts: Vec<(*const u8, &'m Class)>,
}

impl Objects<'_> {
    /// The number of the object that an address is in.
    ///
    /// # Safety
    ///
    /// The address lies in an object of the heap, whose world is stopped since the map was made.
    unsafe fn number(&mut self, address: *const u8) -> usize {
        // SAFETY: the caller's duty.
        let slot = unsafe { self.map.slot_of(address) };
        let start = slot.start().cast_const();
        match self.numbers.entry(start.addr()) {
            Entry::Occupied(known) => *known.get(),
            Entry::Vacant(new) => {
                self.starts.push((start, self.classes[slot.scan.class()]));
                *new.insert(self.starts.len() - 1)
            }
        }
    }

    fn describe(&self, number: usize) -> ObjectOfCycle {
        let (start, class) = self.starts[number];
        ObjectOfCycle { address: start.addr(), type_name: (class.name)() }
    }
}
