//! The edges of one object, found slowly and without the marker: for second opinions and for reports.

use crate::layout::{FIRST_EDGE_ADDRESS, WORD_BYTES, edge_of, load_word};
use crate::memory::Class;
use crate::trace::{Conditional, TakeEdges, Tracer};

/// What an object refers to. Null and sentinels may be among edges that a function has reported.
#[derive(Debug)]
pub(super) struct Edges {
    pub(super) always: Vec<*const u8>,
    /// What it refers to if other objects are marked.
    pub(super) if_marked: Vec<Conditional>,
}

/// All edges of an object.
///
/// # Safety
///
/// `object` is an object of the class, and the world is stopped.
///
/// # Panics
///
/// A trace function panics.
pub(super) unsafe fn edges_of_object(class: &Class, object: *const u8) -> Edges {
    let mut tracer = Tracer::new();
    // SAFETY: the caller's duty.
    tracer.edges.extend(unsafe { masked_edges(class, object) });
    if let Some(tail) = class.tail {
        // SAFETY: the object is a value of its class.
        unsafe { tail(object, &mut tracer) };
    }
    // SAFETY: the caller's duty.
    unsafe { all_of(tracer) }
}

/// The edges of the mask.
///
/// # Safety
///
/// As for [`edges_of_object`].
unsafe fn masked_edges(class: &Class, object: *const u8) -> impl Iterator<Item = *const u8> {
    let has = |word: usize| class.mask.get(word / 64).is_some_and(|bits| bits >> (word % 64) & 1 == 1);
    let words = (0..class.mask.len() * 64).filter(move |&word| has(word));
    // SAFETY: the mask's words lie in the object.
    words.filter_map(move |word| edge_of(unsafe { load_word(object.wrapping_add(word * WORD_BYTES)) }))
}

/// Shows all edges of an object, those that have a condition, too, and few of them at a time in a list.
///
/// # Safety
///
/// As for [`edges_of_object`].
///
/// # Panics
///
/// A trace function panics.
pub(super) unsafe fn each_edge(class: &Class, object: *const u8, mut show: impl FnMut(*const u8)) {
    struct Show<F>(F);
    impl<F: FnMut(*const u8)> TakeEdges for Show<F> {
        fn take(&mut self, edges: &mut Vec<*const u8>) {
            edges.drain(..).filter(|edge| edge.addr() >= FIRST_EDGE_ADDRESS).for_each(&mut self.0);
        }
    }
    // SAFETY: the caller's duty.
    unsafe { masked_edges(class, object) }.for_each(&mut show);
    let Some(tail) = class.tail else { return };
    let (mut tracer, mut show) = (Tracer::new(), Show(show));
    // SAFETY: the object is a value of its class.
    tracer.pour(&mut show, |tracer| unsafe { tail(object, tracer) });
    loop {
        let conditional = tracer.conditional.drain(..).map(Conditional::due);
        tracer.deferred.extend(conditional);
        let Some(deferred) = tracer.deferred.pop() else { return };
        // SAFETY: the world is stopped: the data of the object stays as it is.
        tracer.pour(&mut show, |tracer| unsafe { deferred.resume(tracer) });
    }
}

/// All edges of a value whose condition is met.
///
/// # Safety
///
/// It was found by [`edges_of_object`], and the world is stopped since.
///
/// # Panics
///
/// A trace function panics.
pub(super) unsafe fn edges_of_value(value: Conditional) -> Edges {
    let mut tracer = Tracer::new();
    tracer.deferred.push(value.due());
    // SAFETY: the caller's duty.
    unsafe { all_of(tracer) }
}

/// What a tracer was told, and what it put off.
///
/// # Safety
///
/// The world is stopped since it was told.
unsafe fn all_of(mut tracer: Tracer) -> Edges {
    while let Some(deferred) = tracer.deferred.pop() {
        // SAFETY: the world is stopped: the data of the object stays as it is.
        unsafe { deferred.resume(&mut tracer) };
    }
    Edges { always: core::mem::take(&mut tracer.edges), if_marked: core::mem::take(&mut tracer.conditional) }
}

/// All edges of an object. What depends on whether an object is marked is there if `is_marked` says so of an address in
/// that object.
///
/// # Safety
///
/// `object` is an object of the class, and the world is stopped.
///
/// # Panics
///
/// A trace function panics.
pub(super) unsafe fn edges_of(
    class: &Class,
    object: *const u8,
    is_marked: impl Fn(*const u8) -> bool,
) -> Vec<*const u8> {
    // SAFETY: the caller's duty.
    let Edges { mut always, mut if_marked } = unsafe { edges_of_object(class, object) };
    while let Some(value) = if_marked.pop() {
        if is_marked(value.key) {
            // SAFETY: the caller's duty.
            let more = unsafe { edges_of_value(value) };
            always.extend(more.always);
            if_marked.extend(more.if_marked);
        }
    }
    always
}
