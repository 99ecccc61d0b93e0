//! What every implementation must do, stated once per container: a value with known edges reports exactly
//! these, in full and as mask and tail.

mod depth;
mod edges;
mod foreign;
mod kinds;

use core::ptr::NonNull;
use std::collections::{BTreeMap, HashMap, LinkedList};

use crate::layout::FIRST_EDGE_ADDRESS;
use crate::object::{DropKind, DropWalk, Mask};
use crate::pointer::Gc;
use crate::trace::{DynTrace, Rebrand, RebrandDst, Trace, Tracer};

/// A pointer that orders and hashes by address, as keys must.
#[derive(Clone, Copy)]
struct Key<'gc>(Gc<'gc, u8>);

impl Key<'_> {
    fn address(self) -> usize {
        Gc::as_ptr(self.0).addr()
    }
}
impl PartialEq for Key<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.address() == other.address()
    }
}
impl Eq for Key<'_> {}
impl PartialOrd for Key<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<core::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Key<'_> {
    fn cmp(&self, other: &Self) -> core::cmp::Ordering {
        self.address().cmp(&other.address())
    }
}
impl core::hash::Hash for Key<'_> {
    fn hash<H: core::hash::Hasher>(&self, state: &mut H) {
        self.address().hash(state);
    }
}

// SAFETY: as its only field.
unsafe impl<'gc> Trace<'gc> for Key<'gc> {
    const MASK: Mask = Mask::WORD;
    const TAIL: bool = false;
    const LEAF: bool = false;
    fn trace(&self, tracer: &mut Tracer) {
        self.0.trace(tracer);
    }
}
// SAFETY: only the brand changes.
unsafe impl Rebrand for Key<'_> {
    type Static = Key<'static>;
    type At<'a> = Key<'a>;
}

/// Owned data that nests without bound, as a derive would implement it.
enum Nest<'gc> {
    Edge(Gc<'gc, u8>),
    Vec(Vec<Nest<'gc>>),
    Box((Option<Box<Nest<'gc>>>, Gc<'gc, u8>)),
    Map(BTreeMap<u8, Nest<'gc>>),
    List(LinkedList<Nest<'gc>>),
}

// SAFETY: each variant reports its field, all edges in the tail; no drop of its own.
unsafe impl<'gc> Trace<'gc> for Nest<'gc> {
    const MASK: Mask = Mask::EMPTY;
    const TAIL: bool = true;
    const LEAF: bool = false;
    fn trace(&self, tracer: &mut Tracer) {
        match self {
            Nest::Edge(field) => field.trace(tracer),
            Nest::Vec(field) => field.trace(tracer),
            Nest::Box(field) => field.trace(tracer),
            Nest::Map(field) => field.trace(tracer),
            Nest::List(field) => field.trace(tracer),
        }
    }
}

/// A recursive type without edges, as a derive would implement it.
#[expect(dead_code, reason = "only the type is asked")]
enum Json {
    Null,
    Text(String),
    List(Vec<Json>),
    Fields(HashMap<String, Box<Json>>),
}

// SAFETY: neither lifetime nor parameter, so no edge. The walk visits the type of every field.
unsafe impl Trace<'_> for Json {
    const MASK: Mask = Mask::EMPTY;
    const TAIL: bool = <Vec<Json> as Trace>::TAIL || <HashMap<String, Box<Json>> as Trace>::TAIL;
    const LEAF: bool = true;
    fn trace(&self, _: &mut Tracer) {}
    fn drop_kind(walk: &mut DropWalk) -> DropKind {
        walk.visit::<String>(String::drop_kind)
            .and(walk.visit::<Vec<Self>>(<Vec<Self>>::drop_kind))
            .and(walk.visit::<HashMap<String, Box<Self>>>(<HashMap<String, Box<Self>>>::drop_kind))
    }
}

/// A type of the program with a `Drop` of its own.
#[derive(Clone)]
struct UserDrop;

impl Drop for UserDrop {
    fn drop(&mut self) {}
}
// SAFETY: no edges.
unsafe impl Trace<'_> for UserDrop {
    const MASK: Mask = Mask::EMPTY;
    const TAIL: bool = false;
    const LEAF: bool = true;
    fn trace(&self, _: &mut Tracer) {}
}

/// A trait of the program, registered by hand.
trait Shape<'gc>: DynTrace<'gc> + 'gc {}
impl<'gc> Shape<'gc> for (Gc<'gc, u8>, u64) {}
// SAFETY: the concrete type reports its edges, all in the tail.
unsafe impl<'gc> Trace<'gc> for dyn Shape<'gc> {
    const MASK: Mask = Mask::EMPTY;
    const TAIL: bool = true;
    const LEAF: bool = false;
    fn trace(&self, tracer: &mut Tracer) {
        self.trace_object(tracer);
    }
    fn trace_tail(&self, tracer: &mut Tracer) {
        self.trace_object(tracer);
    }
}
// SAFETY: only the brand changes.
unsafe impl RebrandDst for dyn Shape<'_> {
    type Static = dyn Shape<'static>;
    type At<'a> = dyn Shape<'a>;
}

/// An edge to nowhere, told apart by its number. Nothing looks at its target.
fn edge<'gc>(number: usize) -> Gc<'gc, u8> {
    let address = FIRST_EDGE_ADDRESS + 16 * number;
    let target = NonNull::new(core::ptr::without_provenance_mut(address)).expect("above null");
    // SAFETY: the pointer is only compared.
    unsafe { Gc::from_non_null(target) }
}

fn key<'gc>(number: usize) -> Key<'gc> {
    Key(edge(number))
}

/// Does what the marker does: takes out the edges, and does what was put off.
/// Returns the numbers of the edges, sorted.
fn drain(mut tracer: Tracer) -> Vec<usize> {
    while let Some(deferred) = tracer.deferred.pop() {
        // SAFETY: the value that was traced is alive and unchanged.
        unsafe { deferred.resume(&mut tracer) };
    }
    let is_edge = |address: &usize| *address >= FIRST_EDGE_ADDRESS;
    let addresses = tracer.edges.iter().map(|address| address.addr()).filter(is_edge);
    let mut numbers: Vec<_> = addresses.map(|address| (address - FIRST_EDGE_ADDRESS) / 16).collect();
    numbers.sort_unstable();
    numbers
}

fn full<'gc, T: ?Sized + Trace<'gc>>(value: &T) -> Vec<usize> {
    let mut tracer = Tracer::new();
    value.trace(&mut tracer);
    drain(tracer)
}

/// The edges by mask and tail, read as type info says.
fn mask_and_tail<'gc, T: Trace<'gc>>(value: &T) -> Vec<usize> {
    if !T::MASK.fits() {
        return full(value);
    }
    let mut tracer = Tracer::new();
    // SAFETY: the value is valid, and the mask is that of its type.
    unsafe { tracer.masked(value, T::MASK.words()) };
    let before = tracer.edges.len();
    value.trace_tail(&mut tracer);
    let tail_reported = tracer.edges.len() > before || !tracer.deferred.is_empty();
    assert!(T::TAIL || !tail_reported, "TAIL is false, yet the tail reports");
    drain(tracer)
}

/// Asserts that `value` has exactly the edges of these numbers, each once.
#[track_caller]
fn assert_edges<'gc, T: Trace<'gc>>(value: &T, expected: impl IntoIterator<Item = usize>) {
    let expected: Vec<_> = expected.into_iter().collect();
    assert_eq!(full(value), expected, "full trace");
    assert_eq!(mask_and_tail(value), expected, "mask and tail");
    assert!(!T::LEAF || expected.is_empty(), "leaf with edges");
    assert!(!T::LEAF || (T::MASK.is_empty() && !T::TAIL), "leaf with a mask or a tail");
}

fn kind<'gc, T: ?Sized + Trace<'gc>>() -> DropKind {
    DropWalk::default().visit::<T>(T::drop_kind)
}
