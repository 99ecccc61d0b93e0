//! Nothing recurses without bound, and no long slice is one step of work.

use core::marker::PhantomData;
use std::collections::{BTreeMap, LinkedList, VecDeque};

use super::{Nest, assert_edges, edge, full, mask_and_tail};
use crate::pointer::Gc;
use crate::trace::{Trace, Tracer};

/// Runs on a thread whose stack is far too small for a call per level.
fn on_small_stack(test: impl FnOnce() + Send + 'static) {
    std::thread::Builder::new()
        .stack_size(256 << 10)
        .spawn(test)
        .expect("a thread")
        .join()
        .expect("no panic");
}

/// Nests as deep as there are levels. `wrap` puts an edge of the level's number beside those further in, so
/// that no call that traces them is the last of its function and costs no stack.
fn assert_traced_to_its_end(wrap: for<'gc> fn(usize, Nest<'gc>) -> Nest<'gc>) {
    const N_LEVELS: usize = 100_000;
    on_small_stack(move || {
        let nest = (1..=N_LEVELS).fold(Nest::Edge(edge(0)), |nest, level| wrap(level, nest));
        let edges = full(&nest);
        assert!(edges == Vec::from_iter(0..=N_LEVELS), "the edge of every level, once");
        assert_eq!(mask_and_tail(&nest), edges);
        // Dropping it would recurse.
        core::mem::forget(nest);
    });
}

#[test]
fn deep_nesting_is_traced_to_its_end() {
    assert_traced_to_its_end(|level, nest| Nest::Box((Some(Box::new(nest)), edge(level))));
    assert_traced_to_its_end(|level, nest| Nest::Vec(vec![Nest::Edge(edge(level)), nest]));
    assert_traced_to_its_end(|level, nest| {
        Nest::Map(BTreeMap::from([(0, nest), (1, Nest::Edge(edge(level)))]))
    });
    assert_traced_to_its_end(|level, nest| Nest::List(LinkedList::from([nest, Nest::Edge(edge(level))])));
    assert_traced_to_its_end(|level, nest| match level % 3 {
        0 => Nest::Vec(vec![nest, Nest::Edge(edge(level))]),
        1 => Nest::Box((Some(Box::new(nest)), edge(level))),
        _ => Nest::Map(BTreeMap::from([(0, nest), (1, Nest::Edge(edge(level)))])),
    });
}

#[test]
fn long_slices_come_in_pieces() {
    let mut tracer = Tracer::new();
    let long: Vec<_> = (0..100_000).map(edge).collect();
    long.trace(&mut tracer);
    assert!(tracer.edges.len() <= 512, "not all at once");
    assert!(!tracer.deferred.is_empty());
    assert_edges(&long, 0..100_000);
    assert_edges(&long.into_boxed_slice(), 0..100_000);
    let deque: VecDeque<_> = (0..100_000).map(edge).collect();
    assert_edges(&deque, 0..100_000);
}

#[test]
fn elements_without_edges_are_no_work() {
    let mut tracer = Tracer::new();
    vec![PhantomData::<Gc<'_, u8>>; usize::MAX].trace(&mut tracer);
    vec![[] as [Option<(Gc<'_, u8>, u8)>; 0]; usize::MAX].trace(&mut tracer);
    vec![0_u8; 100_000].trace(&mut tracer);
    assert!(tracer.edges.is_empty() && tracer.deferred.is_empty());
}
