//! What every implementation must do, stated once per container: a value with known edges reports exactly
//! these, in full and as mask and tail.

use core::cmp::Reverse;
use core::marker::PhantomData;
use core::mem::offset_of;
use core::num::{NonZero, Saturating, Wrapping};
use core::ops::{Bound, ControlFlow, RangeInclusive};
use core::pin::Pin;
use core::ptr::NonNull;
use core::task::Poll;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap, HashSet, LinkedList, VecDeque};
use std::sync::{Arc, Mutex, OnceLock, RwLock, Weak};

use crate::layout::{FIRST_EDGE_ADDRESS, WORD_BYTES};
use crate::object::{DropKind, DropWalk, Mask};
use crate::pointer::Gc;
use crate::trace::{AtBrand, Deferred, RANGE_ELEMENTS, Rebrand, RebrandDst, Static, Trace, Tracer};

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
    fn trace_tail(&self, _: &mut Tracer) {}
}
// SAFETY: only the brand changes.
unsafe impl Rebrand for Key<'_> {
    type Static = Key<'static>;
    type At<'a> = Key<'a>;
}

/// Owned data that nests without bound, as a derive would implement it.
enum Nest<'gc> {
    Edge(Gc<'gc, u8>),
    Vec(Vec<Box<Nest<'gc>>>),
    Option(Option<Box<Nest<'gc>>>),
    Map(BTreeMap<u8, Nest<'gc>>),
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
            Nest::Option(field) => field.trace(tracer),
            Nest::Map(field) => field.trace(tracer),
        }
    }
    fn trace_tail(&self, tracer: &mut Tracer) {
        self.trace(tracer);
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
    fn trace_tail(&self, _: &mut Tracer) {}
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
    fn trace_tail(&self, _: &mut Tracer) {}
}

/// A trait of the program, registered by hand.
trait Shape<'gc>: crate::trace::DynTrace<'gc> + 'gc {}
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
unsafe impl<'gc> RebrandDst for dyn Shape<'gc> {
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

/// Does what the marker does: takes out the edges, and runs what was put off, ranges in pieces.
/// Returns the numbers of the edges, sorted.
fn drain(mut tracer: Tracer) -> Vec<usize> {
    while let Some(deferred) = tracer.deferred.pop() {
        match deferred {
            // SAFETY: the value that was traced is alive and unchanged.
            Deferred::Owned { at, trace } => unsafe { trace(at, &mut tracer) },
            Deferred::Range { at, len, stride, trace } => {
                let now = len.min(RANGE_ELEMENTS);
                for i in 0..now {
                    // SAFETY: element `i` of a slice of at least as many.
                    let element = unsafe { at.add(i * stride) };
                    // SAFETY: the value that was traced is alive and unchanged.
                    unsafe { trace(element, &mut tracer) };
                }
                if now < len {
                    // SAFETY: in the bounds of the slice.
                    let at = unsafe { at.add(now * stride) };
                    tracer.deferred.push(Deferred::Range { at, len: len - now, stride, trace });
                }
            }
        }
    }
    let is_edge = |address: &usize| *address >= FIRST_EDGE_ADDRESS;
    let addresses = tracer.edges.iter().map(|address| address.addr()).filter(is_edge);
    let mut numbers: Vec<_> = addresses.map(|address| (address - FIRST_EDGE_ADDRESS) / 16).collect();
    numbers.sort_unstable();
    numbers
}

fn full<'gc, T: ?Sized + Trace<'gc>>(value: &T) -> Vec<usize> {
    let mut tracer = Tracer::default();
    value.trace(&mut tracer);
    drain(tracer)
}

/// The edges by mask and tail, read as type info says.
fn mask_and_tail<'gc, T: Trace<'gc>>(value: &T) -> Vec<usize> {
    if !T::MASK.fits() {
        return full(value);
    }
    let mut tracer = Tracer::default();
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

#[test]
fn sequences_report_every_element() {
    assert_edges(&vec![edge(1), edge(2), edge(2)], [1, 2, 2]);
    assert_edges(&BinaryHeap::from([key(3), key(1), key(2)]), [1, 2, 3]);
    assert_edges(&LinkedList::from([edge(1), edge(2)]), [1, 2]);
    assert_edges(&Vec::<Gc<'_, u8>>::new(), []);
    assert_edges(&vec![(edge(1), Some(edge(2))), (edge(3), None)], [1, 2, 3]);
}

#[test]
fn ring_buffers_report_both_halves() {
    let mut deque = VecDeque::with_capacity(4);
    for number in 0..deque.capacity() {
        deque.push_back(edge(number));
    }
    let n = deque.capacity();
    deque.pop_front();
    deque.pop_front();
    deque.extend([edge(n), edge(n + 1)]);
    let (front, back) = deque.as_slices();
    assert!(!front.is_empty() && !back.is_empty(), "the buffer wraps around");
    assert_edges(&deque, 2..n + 2);
}

#[test]
fn boxes_report_their_value() {
    assert_edges(&Box::new(edge(1)), [1]);
    assert_edges(&Box::<[Gc<'_, u8>]>::from([edge(1), edge(2)]), [1, 2]);
    assert_edges(&Box::<str>::from("none"), []);
    assert_edges(&Box::pin(edge(1)), [1]);
    let shape: Box<dyn Shape<'_>> = Box::new((edge(7), 0));
    assert_edges(&shape, [7]);
    assert_edges(&Pin::from(shape), [7]);
}

#[test]
fn maps_report_keys_and_values() {
    assert_edges(&BTreeMap::from([(key(1), edge(2)), (key(3), edge(4))]), 1..5);
    assert_edges(&BTreeSet::from([key(1), key(2)]), [1, 2]);
    assert_edges(&HashMap::from([(key(1), edge(2)), (key(3), edge(4))]), 1..5);
    assert_edges(&HashSet::from([key(1), key(2)]), [1, 2]);
    assert_edges(&HashMap::from([("key".to_owned(), vec![edge(1)])]), [1]);
}

#[test]
fn sums_report_the_variant_that_is_there() {
    type Pair<'gc> = Result<Gc<'gc, u8>, (u64, Gc<'gc, u8>)>;
    assert_edges::<Pair<'_>>(&Ok(edge(1)), [1]);
    assert_edges::<Pair<'_>>(&Err((0, edge(2))), [2]);
    type Flow<'gc> = ControlFlow<Gc<'gc, u8>, Box<Gc<'gc, u8>>>;
    assert_edges::<Flow<'_>>(&ControlFlow::Break(edge(1)), [1]);
    assert_edges::<Flow<'_>>(&ControlFlow::Continue(Box::new(edge(2))), [2]);
    assert_edges(&[Poll::Ready(edge(1)), Poll::Pending], [1]);
    assert_edges(&[Bound::Included(edge(1)), Bound::Excluded(edge(2)), Bound::Unbounded], [1, 2]);
}

#[test]
fn options_are_a_word_only_for_pointers() {
    assert_edges(&[Some(edge(1)), None], [1]);
    assert_edges(&[Some(Some(edge(1))), Some(None), None], [1]);
    assert_edges(&[Some((edge(1), true)), None], [1]);
    assert_edges(&[Some(vec![edge(1)]), None], [1]);
    assert_eq!(<Option<Gc<'_, u8>>>::MASK, Mask::WORD);
    assert_eq!(<Option<Option<Gc<'_, u8>>>>::MASK, Mask::EMPTY);
    assert_eq!(<Option<(Gc<'_, u8>, bool)>>::MASK, Mask::EMPTY);
}

#[test]
fn products_report_every_field() {
    assert_edges(&(edge(1)..edge(2)), [1, 2]);
    assert_edges(&(edge(1)..), [1]);
    assert_edges(&(..edge(1)), [1]);
    assert_edges(&(..=edge(1)), [1]);
    assert_edges(&(edge(1)..=edge(2)), [1, 2]);
    assert_edges(&RangeInclusive::new(vec![edge(1)], vec![edge(2)]), [1, 2]);
    assert_edges(&(vec![edge(1)]..vec![edge(2)]), [1, 2]);
    assert_edges(&Reverse(edge(1)), [1]);
    assert_edges(&(Wrapping(edge(1)), Saturating(vec![edge(2)])), [1, 2]);
    assert_eq!(<core::ops::Range<Gc<'_, u8>>>::MASK.count(), 2);
}

/// Asserts that a tuple's mask has the word of each field that is an edge, and no other.
macro_rules! assert_tuple_mask {
    ($T:ty: $($edge:tt)*) => {{
        let mut expected = [0_u64; 4];
        $(expected[0] |= 1 << (offset_of!($T, $edge) / WORD_BYTES);)*
        const MASK: Mask = <$T as Trace<'static>>::MASK;
        assert_eq!(MASK.words(), expected, stringify!($T));
    }};
}

#[test]
fn tuples_have_a_mask_at_the_offsets_of_their_fields() {
    type P = Gc<'static, u8>;
    assert_tuple_mask!((P,): 0);
    assert_tuple_mask!((u8, P): 1);
    assert_tuple_mask!((u8, P, u16, Option<P>, u64): 1 3);
    assert_tuple_mask!((P, P, u8, P, P, u128, P, P, P, P, u32, P): 0 1 3 4 6 7 8 9 11);
    assert_tuple_mask!((u64, Vec<P>, String): );
    assert_edges(&(edge(1),), [1]);
    assert_edges(&(0_u8, edge(1), vec![edge(2)], 0_u16, Some(edge(3)), Some((1_u8, edge(4)))), 1..5);
    let e = edge;
    assert_edges(&(e(0), e(1), e(2), e(3), e(4), e(5), e(6), e(7), e(8), e(9), e(10), e(11)), 0..12);
    let v = |number| vec![edge(number)];
    assert_edges(&(v(0), v(1), v(2), v(3), v(4), v(5), v(6), v(7), v(8), v(9), v(10), v(11)), 0..12);
}

const _: () = {
    type P = Gc<'static, u8>;
    assert!(<[P; 3] as Trace<'static>>::MASK.equals(Mask::from_words([0b111, 0, 0, 0])));
    assert!(<[(P, u64); 2] as Trace<'static>>::MASK.count() == 2);
    assert!(<[[P; 16]; 16] as Trace<'static>>::MASK.equals(Mask::from_words([u64::MAX; 4])));
    assert!(<[[P; 0]; 9] as Trace<'static>>::MASK.is_empty());
    assert!(<[u8; 1 << 30] as Trace<'static>>::MASK.is_empty());
    assert!(!<[P; 257] as Trace<'static>>::MASK.fits());
    assert!(!<(u8, [P; 257]) as Trace<'static>>::MASK.fits());
    assert!(!<(P,) as Trace<'static>>::POINTER && !<(P,) as Trace<'static>>::TAIL);
};

#[test]
fn arrays_report_every_element() {
    assert_edges(&[edge(0), edge(1), edge(2)], 0..3);
    assert_edges::<[Gc<'_, u8>; 0]>(&[], []);
    assert_edges(&core::array::from_fn::<_, 100, _>(edge), 0..100);
    assert_edges(&core::array::from_fn::<_, 1000, _>(edge), 0..1000);
    assert_edges(&core::array::from_fn::<_, 1000, _>(|number| vec![edge(number)]), 0..1000);
    // Elements with both a mask and a tail.
    assert_edges(&core::array::from_fn::<_, 9, _>(|i| (edge(2 * i), vec![edge(2 * i + 1)])), 0..18);
    assert_edges(&core::array::from_fn::<_, 600, _>(|i| (edge(2 * i), vec![edge(2 * i + 1)])), 0..1200);
    assert_eq!(full([edge(1), edge(2)].as_slice()), [1, 2]);
}

#[test]
fn types_that_only_mention_others_report_nothing_and_are_no_leaves() {
    type Code<'gc> = fn(Gc<'gc, u8>) -> Gc<'gc, u8>;
    type Named<'gc> = PhantomData<&'gc ()>;
    assert_edges::<Named<'_>>(&PhantomData, []);
    assert_edges::<PhantomData<Gc<'_, u8>>>(&PhantomData, []);
    assert_edges::<Code<'_>>(&{ |gc| gc }, []);
    assert_edges::<(Code<'_>, Gc<'_, u8>)>(&(|gc| gc, edge(1)), [1]);
    fn silent<'gc, T: Trace<'gc>>() -> bool {
        T::MASK.is_empty() && !T::TAIL && !T::LEAF && kind::<T>() == DropKind::None
    }
    assert!(silent::<PhantomData<u8>>() && silent::<PhantomData<str>>() && silent::<Named<'_>>());
    assert!(silent::<Code<'_>>() && silent::<fn()>() && silent::<unsafe fn(u8) -> String>());
    assert!(silent::<extern "C" fn(u8)>() && silent::<unsafe extern "C" fn(u8, u8) -> u8>());
    assert!(silent::<fn(u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, u8)>());
}

/// H1: a type parameter that only names a brand may have an associated type that holds an edge.
#[test]
fn edges_behind_an_associated_type_are_traced() {
    trait Carries: Send + Sync {
        type Value;
    }
    impl<'gc> Carries for PhantomData<fn(&'gc ()) -> &'gc ()> {
        type Value = Gc<'gc, u8>;
    }
    struct Wrapper<T: Carries>(T::Value);
    // SAFETY: as a derive would: the field reports its edge, `LEAF` comes from the argument.
    unsafe impl<'gc, T: Carries<Value: Trace<'gc>> + Trace<'gc>> Trace<'gc> for Wrapper<T> {
        const MASK: Mask = T::Value::MASK;
        const TAIL: bool = T::Value::TAIL;
        const LEAF: bool = T::LEAF;
        fn trace(&self, tracer: &mut Tracer) {
            self.0.trace(tracer);
        }
        fn trace_tail(&self, tracer: &mut Tracer) {
            self.0.trace_tail(tracer);
        }
    }
    type Brand<'gc> = PhantomData<fn(&'gc ()) -> &'gc ()>;
    assert_edges(&vec![Wrapper::<Brand<'_>>(edge(1))], [1]);
}

#[test]
fn leaves_are_what_no_argument_makes_more() {
    type P<'gc> = Gc<'gc, u8>;
    fn leaf<'gc, T: ?Sized + Trace<'gc>>() -> bool {
        assert_eq!(T::TAIL && T::LEAF, false);
        T::LEAF
    }
    assert!(leaf::<u64>() && leaf::<NonZero<u8>>() && leaf::<String>() && leaf::<str>() && leaf::<Json>());
    assert!(leaf::<Vec<u8>>() && leaf::<VecDeque<u8>>() && leaf::<Box<[u64]>>() && leaf::<[u8]>());
    assert!(leaf::<HashMap<String, Json>>() && leaf::<BTreeMap<u8, u8>>() && leaf::<Box<str>>());
    assert!(leaf::<(u8, String)>() && leaf::<[u8; 4]>() && leaf::<Option<u8>>() && leaf::<Result<u8, u8>>());
    assert!(leaf::<Arc<Mutex<u8>>>() && leaf::<Weak<str>>() && leaf::<&'static str>());
    assert!(leaf::<RwLock<u8>>() && leaf::<OnceLock<u8>>() && leaf::<Cow<'static, str>>());
    assert!(leaf::<Static<std::fs::File>>() && leaf::<Vec<Static<u8>>>());
    assert!(!leaf::<Vec<P<'_>>>() && !leaf::<Box<P<'_>>>() && !leaf::<[P<'_>]>() && !leaf::<[P<'_>; 1]>());
    assert!(!leaf::<HashMap<u8, P<'_>>>() && !leaf::<HashMap<P<'_>, u8>>() && !leaf::<HashSet<P<'_>>>());
    assert!(!leaf::<BTreeMap<P<'_>, u8>>() && !leaf::<Result<u8, P<'_>>>() && !leaf::<(u8, P<'_>)>());
    assert!(!leaf::<Box<dyn Shape<'_>>>() && !leaf::<Option<P<'_>>>() && !leaf::<VecDeque<P<'_>>>());
}

#[test]
fn drops_run_code_of_the_program_only_where_there_is_some() {
    use DropKind::{Library, None, User};
    for none in
        [kind::<u64>(), kind::<(u8, Gc<'_, u8>)>(), kind::<[Option<char>; 3]>(), kind::<&'static str>()]
    {
        assert_eq!(none, None);
    }
    assert_eq!([kind::<String>(), kind::<Box<u8>>(), kind::<Vec<Gc<'_, u8>>>()], [Library; 3]);
    assert_eq!([kind::<Json>(), kind::<Vec<Json>>(), kind::<HashMap<u8, Json>>()], [Library; 3]);
    assert_eq!([kind::<(u8, String)>(), kind::<Option<String>>(), kind::<[String; 2]>()], [Library; 3]);
    assert_eq!([kind::<Cow<'static, str>>(), kind::<Arc<str>>(), kind::<Weak<UserDrop>>()], [Library; 3]);
    assert_eq!([kind::<Vec<UserDrop>>(), kind::<Box<UserDrop>>(), kind::<(u8, UserDrop)>()], [User; 3]);
    assert_eq!([kind::<Option<UserDrop>>(), kind::<[UserDrop; 2]>(), kind::<[UserDrop]>()], [User; 3]);
    assert_eq!([kind::<Result<u8, UserDrop>>(), kind::<VecDeque<Vec<UserDrop>>>()], [User; 2]);
    assert_eq!([kind::<BTreeMap<u8, UserDrop>>(), kind::<BTreeSet<UserDrop>>()], [User; 2]);
    assert_eq!([kind::<Arc<UserDrop>>(), kind::<Mutex<UserDrop>>(), kind::<Static<UserDrop>>()], [User; 3]);
    assert_eq!([kind::<Box<dyn Shape<'_>>>(), kind::<Cow<'static, [UserDrop]>>()], [User; 2]);
    assert_eq!([kind::<Reverse<UserDrop>>(), kind::<RangeInclusive<UserDrop>>()], [User; 2]);
    // A hasher of the program with a `Drop` is dropped with its map.
    assert_eq!([kind::<HashMap<u8, u8, UserDrop>>(), kind::<HashSet<u8, UserDrop>>()], [User; 2]);
}

#[test]
fn brands_are_replaced_in_every_argument() {
    fn stands_at<'gc, T: ?Sized + AtBrand<'gc>>() {}
    fn check<'gc>(_: Gc<'gc, u8>) {
        stands_at::<'gc, Vec<Box<VecDeque<Gc<'gc, u8>>>>>();
        stands_at::<'gc, HashMap<Key<'gc>, BTreeMap<Key<'gc>, BTreeSet<Key<'gc>>>>>();
        stands_at::<'gc, (Key<'gc>, [Key<'gc>; 2], LinkedList<Key<'gc>>, BinaryHeap<Key<'gc>>)>();
        stands_at::<'gc, Result<Option<Key<'gc>>, Poll<Bound<ControlFlow<u8, Key<'gc>>>>>>();
        stands_at::<'gc, [Key<'gc>]>();
        stands_at::<'gc, Box<[Key<'gc>]>>();
        stands_at::<'gc, Pin<Box<dyn Shape<'gc>>>>();
        stands_at::<'gc, core::ops::Range<Reverse<Key<'gc>>>>();
        stands_at::<'gc, PhantomData<Key<'gc>>>();
        stands_at::<'gc, PhantomData<dyn Shape<'gc>>>();
        stands_at::<'gc, (Arc<str>, Cow<'static, str>, &'static str, Static<u8>)>();
        stands_at::<'gc, str>();
        stands_at::<'gc, std::path::Path>();
    }
    check(edge(0));
}

/// Runs on a thread whose stack is far too small for a call per level.
fn on_small_stack(test: impl FnOnce() + Send + 'static) {
    std::thread::Builder::new()
        .stack_size(256 << 10)
        .spawn(test)
        .expect("a thread")
        .join()
        .expect("no panic");
}

#[test]
fn deep_nesting_is_traced_to_its_end() {
    const DEPTH: usize = 100_000;
    on_small_stack(|| {
        let mut nest = Nest::Edge(edge(0));
        for level in 1..=DEPTH {
            nest = match level % 3 {
                0 => Nest::Vec(vec![Box::new(Nest::Edge(edge(level))), Box::new(nest)]),
                1 => Nest::Option(Some(Box::new(nest))),
                _ => Nest::Map(BTreeMap::from([(0, Nest::Edge(edge(level))), (1, nest)])),
            };
        }
        let expected: Vec<_> = (0..=DEPTH).filter(|level| level % 3 != 1).collect();
        assert_eq!(full(&nest), [[0].as_slice(), &expected[1..]].concat());
        assert_eq!(mask_and_tail(&nest).len(), expected.len());
        // Dropping it would recurse.
        core::mem::forget(nest);
    });
}

#[test]
fn long_slices_come_in_pieces() {
    let mut tracer = Tracer::default();
    let long: Vec<_> = (0..100_000).map(edge).collect();
    long.trace(&mut tracer);
    assert!(tracer.edges.len() <= RANGE_ELEMENTS, "not all at once");
    assert!(!tracer.deferred.is_empty());
    assert_edges(&long, 0..100_000);
    assert_edges(&long.into_boxed_slice(), 0..100_000);
    let deque: VecDeque<_> = (0..100_000).map(edge).collect();
    assert_edges(&deque, 0..100_000);
}

#[test]
fn elements_without_edges_are_no_work() {
    let mut tracer = Tracer::default();
    vec![PhantomData::<Gc<'_, u8>>; usize::MAX].trace(&mut tracer);
    vec![[const { None::<(Gc<'_, u8>, u8)> }; 0]; usize::MAX].trace(&mut tracer);
    vec![0_u8; 100_000].trace(&mut tracer);
    assert!(tracer.edges.is_empty() && tracer.deferred.is_empty());
}

#[cfg(feature = "smallvec")]
#[test]
fn small_vectors_report_inline_and_spilled_elements() {
    use smallvec::SmallVec;
    type Small<'gc> = SmallVec<[Gc<'gc, u8>; 3]>;
    for n in 0..6 {
        let small: Small<'_> = (0..n).map(edge).collect();
        assert_eq!(small.spilled(), n > 3);
        assert_edges(&small, 0..n);
    }
    assert!(<SmallVec<[u8; 8]>>::LEAF && !Small::LEAF);
    assert_eq!(
        [kind::<SmallVec<[u8; 8]>>(), kind::<SmallVec<[UserDrop; 8]>>()],
        [DropKind::Library, DropKind::User]
    );
}

#[cfg(feature = "indexmap")]
#[test]
fn index_maps_report_keys_and_values() {
    use indexmap::{IndexMap, IndexSet};
    assert_edges(&IndexMap::<_, _>::from([(key(1), edge(2)), (key(3), edge(4))]), 1..5);
    assert_edges(&IndexSet::<_>::from([key(1), key(2)]), [1, 2]);
    assert!(<IndexMap<u8, String>>::LEAF && !<IndexMap<Key<'_>, u8>>::LEAF);
}

#[cfg(feature = "hashbrown")]
#[test]
fn hashbrown_reports_keys_and_values() {
    use hashbrown::{HashMap, HashSet, HashTable};
    assert_edges(&HashMap::<_, _>::from([(key(1), edge(2)), (key(3), edge(4))]), 1..5);
    assert_edges(&HashSet::<_>::from([key(1), key(2)]), [1, 2]);
    let mut table = HashTable::new();
    for number in 0..100 {
        table.insert_unique(number as u64, (number, edge(number)), |entry| entry.0 as u64);
    }
    assert_edges(&table, 0..100);
    assert!(<HashMap<u8, String>>::LEAF && !<HashMap<u8, Key<'_>>>::LEAF && !<HashTable<Key<'_>>>::LEAF);
}

#[cfg(feature = "either")]
#[test]
fn either_reports_its_side() {
    use either::Either;
    assert_edges(&[Either::Left(edge(1)), Either::Right(vec![edge(2)])], [1, 2]);
}

#[cfg(all(feature = "bytes", feature = "uuid"))]
#[test]
fn plain_data_of_other_crates_are_leaves() {
    assert_edges(&(uuid::Uuid::nil(), bytes::BytesMut::new(), bytes::Bytes::new()), []);
    // The owner of the bytes may be a value of the program.
    assert_eq!([kind::<bytes::Bytes>(), kind::<bytes::BytesMut>()], [DropKind::User, DropKind::Library]);
}
