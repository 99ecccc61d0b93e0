//! Edges of std's types, and the masks of those that have one.

use core::cmp::Reverse;
use core::marker::PhantomData;
use core::mem::offset_of;
use core::num::{Saturating, Wrapping};
use core::ops::{Bound, ControlFlow, RangeInclusive};
use core::pin::Pin;
use core::task::Poll;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap, HashSet, LinkedList, VecDeque};

use super::{Shape, assert_edges, edge, full, key, kind};
use crate::layout::WORD_BYTES;
use crate::object::{DropKind, Mask};
use crate::pointer::Gc;
use crate::trace::{Trace, Tracer};

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
        const MASK: Mask = <$T as Trace<'static>>::MASK;
        let expected = 0 $(| 1 << (offset_of!($T, $edge) / WORD_BYTES))*;
        assert_eq!(MASK.words(), [expected, 0, 0, 0], stringify!($T));
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
