//! Why an object is kept: the search from the roots, and the names of what was found.
//!
//! 1. The world is stopped. From everything that is kept from outside objects are visited, nearest first. Each knows from
//!    where it was visited first, which is a shortest way.
//! 2. The target is never left: whatever is found on the way from it does not keep it. Every other object or root that
//!    leads to it, once each, is the end of a path.
//! 3. The value of an ephemeron is a way from the ephemeron as soon as the key was visited, and not before: as marking
//!    does, and so without a way that goes through the target.
//! 4. Names are looked for only then, of the objects on the paths: the first edge of one that leads to the next.
//!
//! What is visited is what a cycle would mark, without the marker's shortcuts. So what no path leads to is dead.

use core::ops::ControlFlow;
use core::panic::AssertUnwindSafe;
use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet, VecDeque};
use std::panic::catch_unwind;

use super::census::may_inspect;
use super::edges::{Edges, edges_of_object, edges_of_value};
use super::stop::stop;
use crate::callback::discard_payload;
use crate::error::InspectError;
use crate::layout::FIRST_EDGE_ADDRESS;
use crate::memory::{AddressMap, Class, Memory};
use crate::mutator::{Core, UsedSlot};
use crate::retaining_path::{Keeper, KeptObject, ObjectOnPath, RetainingPath, Step};
use crate::special::Handle;
use crate::trace::{Conditional, Parts};

/// The objects that are kept from outside, in the order of their addresses. Not the handles of weak pointers.
pub(crate) fn roots(core: &Core) -> Result<Vec<KeptObject>, InspectError> {
    may_inspect()?;
    let stopped = stop(core);
    let objects = Objects::new(&core.memory);
    let describe = |held: Held| {
        // SAFETY: the world is stopped; what is kept is an object.
        let (start, class) = unsafe { objects.at(held.target) };
        KeptObject { keeper: held.keeper, address: start.addr(), type_name: (class.name)() }
    };
    let mut all: Vec<_> =
        kept(core).into_iter().filter(|kept| kept.keeper != Keeper::ByFinalizer).map(describe).collect();
    drop(stopped);
    all.retain(|object| object.type_name != core::any::type_name::<Handle>());
    all.sort_by_key(|object| object.address);
    Ok(all)
}

/// At most `most` paths to the target of a root slot, which is none of the reasons.
pub(crate) fn retaining_paths(
    core: &Core,
    root_slot: usize,
    target: *const u8,
    most: usize,
) -> Result<Vec<RetainingPath>, InspectError> {
    may_inspect()?;
    // A key that died must not be taken for an object: spans are swept, most of them not while the world waits.
    core.memory.sweep_all();
    let stopped = stop(core);
    core.memory.sweep_all();
    let found = catch_unwind(AssertUnwindSafe(|| {
        let objects = Objects::new(&core.memory);
        let kept: Vec<_> = kept(core).into_iter().filter(|kept| kept.slot != root_slot).collect();
        // SAFETY: the world is stopped, and the root keeps the target.
        let search = unsafe { Search::new(&objects, target, most) };
        // SAFETY: as above.
        unsafe { search.run(&kept) }
    }));
    drop(stopped);
    found.map_err(|payload| {
        discard_payload(payload);
        InspectError::TracePanicked
    })
}

/// Something that is kept from outside.
#[derive(Clone, Copy, Debug)]
pub(super) struct Held {
    pub(super) keeper: Keeper,
    /// The root slot, or zero.
    slot: usize,
    /// An address in an object.
    pub(super) target: *const u8,
}

/// All that marking begins with, but for handles of weak pointers, which lead nowhere. The world is stopped.
pub(super) fn kept(core: &Core) -> Vec<Held> {
    let mut pins = HashMap::new();
    core.memory.each_pin(|_, pin| _ = pins.insert(pin.slot, pin.pinned));
    // A root that is dropped meanwhile leaves a number behind.
    let used = core.roots.used().into_iter().filter(|used| used.target.addr() >= FIRST_EDGE_ADDRESS);
    let of_slot = |UsedSlot { slot, target, made }| match pins.get(&slot) {
        Some(&made) => Held { keeper: Keeper::ByPin { made }, slot, target },
        None => Held { keeper: Keeper::ByRoot { made }, slot, target },
    };
    let finalized = core.memory.finalized();
    let finalized = finalized.into_iter().map(|(target, _)| (Keeper::ByFinalizer, target));
    let due = core.memory.specials.due_objects();
    let due = due.into_iter().map(|target| (Keeper::ByDueFinalizer, target.as_ptr().cast_const()));
    let others = finalized.chain(due).map(|(keeper, target)| Held { keeper, slot: 0, target });
    used.map(of_slot).chain(others).collect()
}

/// The way from addresses to objects.
struct Objects<'m> {
    map: AddressMap,
    classes: Vec<&'m Class>,
}

impl<'m> Objects<'m> {
    /// The world is stopped as long as it is used.
    fn new(memory: &'m Memory) -> Self {
        Self { map: memory.map(), classes: memory.all_classes() }
    }

    /// The start of an object, and its class.
    ///
    /// # Safety
    ///
    /// The address lies in an object of the heap, whose world is stopped.
    unsafe fn at(&self, address: *const u8) -> (*const u8, &'m Class) {
        // SAFETY: the caller's duty.
        let slot = unsafe { self.map.slot_of(address) };
        (slot.start().cast_const(), self.classes[slot.scan.class()])
    }
}

/// From where an object was visited.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Origin {
    /// From outside: a number in the list of what is kept.
    Outside(usize),
    /// From the contents of an object that is not kept itself, with the finalizer of that number.
    Contents(usize, *const u8),
    Object(*const u8),
}

/// A search under way.
struct Search<'s, 'm> {
    objects: &'s Objects<'m>,
    /// The start of the object.
    target: *const u8,
    most: usize,
    /// By start.
    visited: HashMap<*const u8, Origin>,
    next: VecDeque<*const u8>,
    /// Values of ephemerons whose keys were not visited, by key, each with where it lies.
    waiting: HashMap<*const u8, Vec<(Origin, Conditional)>>,
    /// What leads to the target, in order, and each once.
    ends: Vec<Origin>,
    ended: HashSet<Origin>,
}

impl<'s, 'm> Search<'s, 'm> {
    /// # Safety
    ///
    /// As for [`run`](Self::run).
    unsafe fn new(objects: &'s Objects<'m>, target: *const u8, most: usize) -> Self {
        // SAFETY: the caller's duty.
        let (target, _) = unsafe { objects.at(target) };
        Self {
            objects,
            target,
            most,
            visited: HashMap::new(),
            next: VecDeque::new(),
            waiting: HashMap::new(),
            ends: Vec::new(),
            ended: HashSet::new(),
        }
    }

    /// # Safety
    ///
    /// The world is stopped; the target and all that is kept are objects.
    unsafe fn run(mut self, kept: &[Held]) -> Vec<RetainingPath> {
        for (number, kept) in kept.iter().enumerate() {
            if kept.keeper != Keeper::ByFinalizer {
                // SAFETY: the caller's duty.
                unsafe { self.visit(kept.target, Origin::Outside(number)) };
                continue;
            }
            // SAFETY: the caller's duty.
            let (start, class) = unsafe { self.objects.at(kept.target) };
            // SAFETY: as above.
            unsafe { self.leave(start, class, Origin::Contents(number, start)) };
        }
        while self.ends.len() < self.most
            && let Some(start) = self.next.pop_front()
        {
            // SAFETY: what was visited is an object.
            let (start, class) = unsafe { self.objects.at(start) };
            // SAFETY: as above.
            unsafe { self.leave(start, class, Origin::Object(start)) };
            for (from, value) in self.waiting.remove(&start).unwrap_or_default() {
                // SAFETY: a value in an object that was visited.
                let edges = unsafe { edges_of_value(value) };
                // SAFETY: as above.
                unsafe { self.follow(edges, from) };
            }
        }
        self.ends.truncate(self.most);
        // SAFETY: the caller's duty.
        self.ends.iter().map(|&end| unsafe { self.path(end, kept) }).collect()
    }

    /// Goes on from an object.
    ///
    /// # Safety
    ///
    /// `start` is an object of the class; the world is stopped.
    unsafe fn leave(&mut self, start: *const u8, class: &Class, from: Origin) {
        // SAFETY: the caller's duty.
        let edges = unsafe { edges_of_object(class, start) };
        // SAFETY: as above.
        unsafe { self.follow(edges, from) };
    }

    /// Visits what edges lead to. Values whose keys were not visited wait; those whose key is the target wait for ever.
    ///
    /// # Safety
    ///
    /// Edges of an object; the world is stopped.
    unsafe fn follow(&mut self, edges: Edges, from: Origin) {
        let Edges { always, mut if_marked } = edges;
        for edge in always {
            // SAFETY: the caller's duty.
            unsafe { self.visit(edge, from) };
        }
        while let Some(value) = if_marked.pop() {
            // SAFETY: the key of an ephemeron is an object.
            let (key, _) = unsafe { self.objects.at(value.key) };
            if !self.visited.contains_key(&key) {
                self.waiting.entry(key).or_default().push((from, value));
                continue;
            }
            // SAFETY: a value in an object.
            let more = unsafe { edges_of_value(value) };
            for edge in more.always {
                // SAFETY: as above.
                unsafe { self.visit(edge, from) };
            }
            if_marked.extend(more.if_marked);
        }
    }

    /// Notes the object at an edge.
    ///
    /// # Safety
    ///
    /// The edge is null, a sentinel, or leads to an object; the world is stopped.
    unsafe fn visit(&mut self, edge: *const u8, from: Origin) {
        if edge.addr() < FIRST_EDGE_ADDRESS {
            return;
        }
        // SAFETY: the caller's duty.
        let (start, _) = unsafe { self.objects.at(edge) };
        if start == self.target {
            if self.ended.insert(from) {
                self.ends.push(from);
            }
        } else if let Entry::Vacant(new) = self.visited.entry(start) {
            new.insert(from);
            self.next.push_back(start);
        }
    }

    /// The path that ends with an edge to the target.
    ///
    /// # Safety
    ///
    /// As for [`run`](Self::run).
    unsafe fn path(&self, end: Origin, kept: &[Held]) -> RetainingPath {
        let (mut starts, mut from) = (vec![self.target], end);
        let keeper = loop {
            match from {
                Origin::Outside(number) => break kept[number].keeper,
                Origin::Contents(number, start) => {
                    starts.push(start);
                    break kept[number].keeper;
                }
                Origin::Object(start) => {
                    starts.push(start);
                    from = self.visited[&start];
                }
            }
        };
        starts.reverse();
        let describe = |(index, &start): (usize, &*const u8)| {
            // SAFETY: objects that were visited.
            let (_, class) = unsafe { self.objects.at(start) };
            // SAFETY: as above.
            let part = starts.get(index + 1).map(|&next| unsafe { self.part(start, class, next) });
            let part = part.unwrap_or_default();
            ObjectOnPath { address: start.addr(), type_name: (class.name)(), part }
        };
        RetainingPath { keeper, objects: starts.iter().enumerate().map(describe).collect() }
    }

    /// Where in an object the first edge to another one lies.
    ///
    /// # Safety
    ///
    /// `start` is an object of the class; the world is stopped.
    unsafe fn part(&self, start: *const u8, class: &Class, to: *const u8) -> Vec<Step> {
        let mut part = vec![Step::Unnamed];
        let mut find = |way: &[Step], edge: *const u8| {
            // What a `Trace` by hand says of its parts is believed as far as it leads to where the edge led.
            let leads = edge.addr() >= FIRST_EDGE_ADDRESS
                && self.objects.map.owns(edge)
                // SAFETY: an edge of an object.
                && unsafe { self.objects.at(edge) }.0 == to;
            if !leads {
                return ControlFlow::Continue(());
            }
            if !way.is_empty() {
                part = way.to_vec();
            }
            ControlFlow::Break(())
        };
        if let Some(parts) = class.parts {
            // SAFETY: an object of the class, or of one of equal contents; the world is stopped.
            unsafe { Parts::walk(start, parts, &mut find) };
        }
        part
    }
}
