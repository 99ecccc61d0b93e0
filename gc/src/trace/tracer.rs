//! The tracer: what receives the edges that a value reports.
//!
//! A tracer only collects: addresses of edges, and work that was put off. The marker takes both out after
//! each object. So the code that a derive emits stays small, trace functions need no access to the heap,
//! and nothing recurses without bound: owned data nests at most [`MAX_DEPTH`] calls deep, the rest is
//! deferred and traced from the marker's own loop.
//!
//! A map of millions reports millions of edges in one call. So that they never lie in a list together, the marker may
//! [take](Tracer::pour) them whenever the list is full.

use core::ptr::from_mut;

use super::Conditional;
use crate::layout::{WORD_BYTES, edge_of, load_word};
use crate::trace::Trace;

/// Nested owned containers that are traced by recursion before the rest is deferred.
const MAX_DEPTH: u32 = 32;

/// Elements of a slice that are traced at once; longer slices are deferred and come in pieces. Few in builds that look for
/// faults, so that pieces are many.
pub(crate) const RANGE_ELEMENTS: usize = if cfg!(any(debug_assertions, gc_zeal)) { 32 } else { 512 };

/// Edges that are in the list when it is emptied, if somebody does that.
const LIST_EDGES: usize = 1024;

/// Reports edges of the value at the address.
pub(crate) type TraceFn = unsafe fn(*const u8, &mut Tracer);

/// Reports edges of as many values, one after the other, from the address on.
pub(crate) type TraceRangeFn = unsafe fn(*const u8, usize, &mut Tracer);

/// Work put off.
#[derive(Debug)]
pub(crate) enum Deferred {
    /// Contents of one owned container.
    Owned { at: *const u8, trace: TraceFn },
    /// Elements of a slice.
    Range(Range),
}

/// Elements of a slice, one after the other.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Range {
    pub(crate) at: *const u8,
    pub(crate) len: usize,
    /// Bytes of an element.
    pub(crate) stride: usize,
    pub(crate) edges: ElementEdges,
}

/// Where the edges of each element of a [`Range`] are.
#[derive(Clone, Copy, Debug)]
pub(crate) enum ElementEdges {
    /// In these masked words, of the first 64, and nowhere else.
    Words(u64),
    /// Where this function finds them.
    Traced(TraceRangeFn),
}

// SAFETY: data owned by objects, which are `Sync`, to be read by whoever does the work.
unsafe impl Send for Deferred {}

impl Deferred {
    /// Does some of the work; the rest is deferred again.
    ///
    /// # Safety
    ///
    /// The object that owns the data has not changed since its trace function deferred the work.
    pub(crate) unsafe fn resume(self, tracer: &mut Tracer) {
        match self {
            // SAFETY: the data is as it was when the work was deferred.
            Self::Owned { at, trace } => unsafe { trace(at, tracer) },
            Self::Range(range) => {
                let now = range.take_piece(tracer);
                // SAFETY: as above; these are elements of the slice.
                unsafe { now.trace(tracer) };
            }
        }
    }

    /// Takes the second half off a range that is worth halving.
    pub(crate) fn split(&mut self) -> Option<Self> {
        let Self::Range(range) = self else { return None };
        (range.len >= 4 * range.piece()).then(|| Self::Range(range.split_off(range.len / 2)))
    }
}

impl Range {
    /// Takes off the elements from `place` on.
    fn split_off(&mut self, place: usize) -> Self {
        let rest = Self { at: self.at.wrapping_add(place * self.stride), len: self.len - place, ..*self };
        self.len = place;
        rest
    }

    /// Elements of a piece: fewer, if each has many edges.
    fn piece(&self) -> usize {
        match self.edges {
            ElementEdges::Words(words) => (RANGE_ELEMENTS / words.count_ones().max(1) as usize).max(1),
            ElementEdges::Traced(_) => RANGE_ELEMENTS,
        }
    }

    /// The first elements; the rest, if there is one, is deferred again.
    pub(crate) fn take_piece(mut self, tracer: &mut Tracer) -> Self {
        if self.len > self.piece() {
            let rest = self.split_off(self.piece());
            tracer.deferred.push(Deferred::Range(rest));
        }
        self
    }

    /// Reports the edges of all elements.
    ///
    /// # Safety
    ///
    /// The elements are valid, and their edges are where the range says.
    unsafe fn trace(self, tracer: &mut Tracer) {
        let Self { at, len, stride, edges } = self;
        match edges {
            // SAFETY: the caller's duty.
            ElementEdges::Traced(trace) => unsafe { trace(at, len, tracer) },
            ElementEdges::Words(words) => {
                for index in 0..len {
                    // SAFETY: the caller's duty: masked words of an element.
                    unsafe { tracer.words(at.wrapping_add(index * stride), words) };
                }
            }
        }
    }
}

/// Takes edges out of a tracer.
pub(crate) trait TakeEdges {
    /// Takes all.
    fn take(&mut self, edges: &mut Vec<*const u8>);
}

/// A [`TakeEdges`] whose type is forgotten, and its method.
#[derive(Clone, Copy, Debug)]
struct Sink {
    of: *mut (),
    /// To be called with `of`, while that is borrowed by [`Tracer::pour`].
    take: unsafe fn(*mut (), &mut Vec<*const u8>),
}

impl Sink {
    fn new<S: TakeEdges>(sink: &mut S) -> Self {
        /// # Safety
        ///
        /// `of` is valid, an `S`, and nobody else uses it.
        unsafe fn take<S: TakeEdges>(of: *mut (), edges: &mut Vec<*const u8>) {
            // SAFETY: the caller's duty.
            unsafe { &mut *of.cast::<S>() }.take(edges);
        }
        Self { of: from_mut(sink).cast(), take: take::<S> }
    }
}

/// Receives the edges that [`Trace::trace`] reports.
///
/// Only the collector makes one, while no thread is inside a mutation: tracing looks into cells and locks without
/// borrowing them, so a program that could trace would read contents that are being written.
///
/// # Examples
///
/// ```
/// use gc::implement::{DropKind, DropWalk, Mask, Tally, Tracer};
/// # use gc::Trace;
/// #
/// /// A container that the collector does not know.
/// struct Stack<T>(Vec<T>);
/// #
/// # // SAFETY: the duties of `Trace`: all edges are those of the elements, which the tail reports; the mask is empty; it is a
/// # // leaf if its elements are; a `Vec` is dropped by library code, and drops its elements.
/// unsafe impl<'gc, T: Trace<'gc>> Trace<'gc> for Stack<T> {
/// #     const MASK: Mask = Mask::EMPTY;
/// #     const TAIL: bool = !T::LEAF;
/// #     const LEAF: bool = T::LEAF;
/// #
///     fn trace(&self, tracer: &mut Tracer) {
///         tracer.slice(&self.0);
///     }
/// #
/// #     fn owned(&self, tally: &mut Tally) {
/// #         tally.add_room::<T>(self.0.capacity());
/// #         tally.inside(self, |stack, tally| tally.each(&stack.0));
/// #     }
/// #
/// #     fn drop_kind(walk: &mut DropWalk) -> DropKind {
/// #         DropKind::Library.and(walk.visit::<T>(T::drop_kind))
/// #     }
/// }
/// #
/// # unsafe impl<T: gc::Rebrand> gc::Rebrand for Stack<T> {
/// #     type Static = Stack<T::Static>;
/// #     type At<'a> = Stack<T::At<'a>>;
/// # }
///
/// let heap = gc::Heap::new();
/// let root = heap.mutate(|mc| mc.root(gc::Gc::new(mc, Stack(vec![gc::Gc::new(mc, 1), gc::Gc::new(mc, 2)]))));
/// assert_eq!(heap.collect()?.live_objects, 3);
/// # drop(root);
/// # Ok::<(), gc::CollectError>(())
/// ```
#[derive(Debug)]
pub struct Tracer {
    /// Addresses reported since the marker last took them out. May be null or sentinels.
    pub(crate) edges: Vec<*const u8>,
    /// Work put off since then.
    pub(crate) deferred: Vec<Deferred>,
    /// Values reported since then that are to be traced under a condition.
    pub(crate) conditional: Vec<Conditional>,
    /// How many [`owned`](Self::owned) calls are active.
    depth: u32,
    /// Who takes edges when the list is full; there only during a call of [`pour`](Self::pour).
    sink: Option<Sink>,
}

impl Tracer {
    /// A tracer that has received nothing.
    pub(crate) const fn new() -> Self {
        Self { edges: Vec::new(), deferred: Vec::new(), conditional: Vec::new(), depth: 0, sink: None }
    }

    /// Reports one edge. Null and sentinels (addresses below 64 KiB) are allowed and mean none.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::implement::Tracer;
    ///
    /// /// What a type does whose pointer has bits of its own in it: the edge is the address without them.
    /// fn trace(tagged: *const u8, tracer: &mut Tracer) {
    ///     tracer.edge(tagged.map_addr(|address| address & !0b111));
    /// }
    /// ```
    #[inline]
    pub fn edge(&mut self, address: *const u8) {
        if self.edges.len() == self.edges.capacity() {
            self.make_room();
        }
        self.edges.push(address);
    }

    /// Makes room in the list, which is full.
    #[cold]
    #[inline(never)]
    fn make_room(&mut self) {
        match self.sink {
            // SAFETY: `pour`, which is being called, borrows the sink and does not touch it meanwhile.
            Some(sink) if self.edges.len() >= LIST_EDGES => unsafe { (sink.take)(sink.of, &mut self.edges) },
            _ => self.edges.reserve(LIST_EDGES),
        }
    }

    /// Has `trace` report edges, any number of them, which `sink` takes: while it runs, whenever there are many, and at
    /// its end.
    #[inline(always)]
    pub(crate) fn pour<S: TakeEdges>(&mut self, sink: &mut S, trace: impl FnOnce(&mut Self)) {
        /// Has no sink any more when a trace function panics, either.
        struct Poured<'t>(&'t mut Tracer);

        impl Drop for Poured<'_> {
            fn drop(&mut self) {
                self.0.sink = None;
            }
        }

        self.sink = Some(Sink::new(sink));
        let poured = Poured(self);
        trace(poured.0);
        drop(poured);
        if !self.edges.is_empty() {
            sink.take(&mut self.edges);
        }
    }

    /// Traces what `container` owns on Rust's own heap, by calling `trace` now or, when calls nest too
    /// deep, later. Implementations for `Box`, maps and the like go through here, so that no nesting of
    /// owned data overflows the stack.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::Trace;
    /// use gc::implement::Tracer;
    ///
    /// /// What `Box<T>` does.
    /// fn trace<'gc, T: Trace<'gc>>(boxed: &Box<T>, tracer: &mut Tracer) {
    ///     tracer.owned(boxed, |boxed, tracer| boxed.as_ref().trace(tracer));
    /// }
    /// ```
    #[inline]
    pub fn owned<C>(&mut self, container: &C, trace: fn(&C, &mut Self)) {
        if self.depth < MAX_DEPTH {
            self.depth += 1;
            trace(container, self);
            self.depth -= 1;
        } else {
            // SAFETY: `&C` with `C: Sized` and `*const u8` are passed alike (the ABI rules of function
            // pointers), and the marker calls it with the address of `container` only.
            let trace = unsafe { core::mem::transmute::<fn(&C, &mut Self), TraceFn>(trace) };
            self.deferred.push(Deferred::Owned { at: core::ptr::from_ref(container).cast(), trace });
        }
    }

    /// Traces the elements of a slice: now when it is short, else later and in pieces, so that a slice of
    /// millions is no single step of work.
    ///
    /// # Examples
    ///
    /// ```
    /// use gc::Trace;
    /// use gc::implement::Tracer;
    ///
    /// /// What `Vec<T>` does.
    /// fn trace<'gc, T: Trace<'gc>>(vec: &Vec<T>, tracer: &mut Tracer) {
    ///     tracer.slice(vec);
    /// }
    /// ```
    #[inline]
    pub fn slice<'gc, T: Trace<'gc>>(&mut self, elements: &[T]) {
        if const { reports_edges::<T>() } {
            let (at, len, stride) = (elements.as_ptr().cast(), elements.len(), size_of::<T>());
            // SAFETY: these are the elements, and the mask of a type, if it says all, says where their edges are.
            unsafe { self.range(Range { at, len, stride, edges: const { edges_of_elements::<T>() } }) };
        }
    }

    /// As [`slice`](Self::slice). Of elements whose type it is not told, so that it is there once.
    ///
    /// # Safety
    ///
    /// As for [`Range::trace`], now and until the marker takes out what is deferred.
    #[inline(never)]
    unsafe fn range(&mut self, range: Range) {
        if range.len <= RANGE_ELEMENTS && self.depth < MAX_DEPTH {
            self.depth += 1;
            // SAFETY: the caller's duty.
            unsafe { range.trace(self) };
            self.depth -= 1;
        } else {
            self.deferred.push(Deferred::Range(range));
        }
    }

    /// Reports the edges of the words in `words` (as [`Mask::words`](crate::implement::Mask::words)) of a value: what
    /// the derive emits for the variants of an enum of documented layout.
    ///
    /// # Safety
    ///
    /// `value` is valid and every word in `words` lies inside it and is a masked word (duty 2 of [`Trace`]).
    #[doc(hidden)]
    pub unsafe fn masked<T: ?Sized>(&mut self, value: &T, words: [u64; 4]) {
        // SAFETY: the caller's duty.
        unsafe { self.masked_at(core::ptr::from_ref(value).cast(), words) };
    }

    /// As [`masked`](Self::masked), by address.
    ///
    /// # Safety
    ///
    /// As there.
    pub(crate) unsafe fn masked_at(&mut self, value: *const u8, words: [u64; 4]) {
        for (i, bits) in words.into_iter().enumerate() {
            // SAFETY: the caller's duty.
            unsafe { self.words(value.wrapping_add(i * 64 * WORD_BYTES), bits) };
        }
    }

    /// Reports the edges of some of the 64 words at the address.
    ///
    /// # Safety
    ///
    /// They are masked words of a valid value.
    #[inline]
    unsafe fn words(&mut self, at: *const u8, mut words: u64) {
        while words != 0 {
            let word = at.wrapping_add(words.trailing_zeros() as usize * WORD_BYTES);
            words &= words - 1;
            // SAFETY: the word is an initialized masked word; it may change beside us through a cell, which is why it
            // is read atomically.
            self.masked_word(unsafe { load_word(word) });
        }
    }

    /// Reports the edge in a masked word, if there is one.
    #[inline]
    pub(crate) fn masked_word(&mut self, word: *const u8) {
        if let Some(edge) = edge_of(word) {
            self.edge(edge);
        }
    }
}

/// Whether values of a type may report an edge. Zero-sized ones do not, and there may be as many of them as a number can
/// count.
const fn reports_edges<'gc, T: Trace<'gc>>() -> bool {
    !T::LEAF && (!T::MASK.is_empty() || T::TAIL) && size_of::<T>() != 0
}

/// Where the edges of elements of a type are.
const fn edges_of_elements<'gc, T: Trace<'gc>>() -> ElementEdges {
    match T::MASK.words() {
        // A mask that is not all there has no words.
        [words, 0, 0, 0] if words != 0 && !T::TAIL => ElementEdges::Words(words),
        _ => ElementEdges::Traced(trace_elements::<T>),
    }
}

/// [`Trace::trace`] by address.
///
/// # Safety
///
/// `at` is a valid `T`.
pub(crate) unsafe fn trace_value<'gc, T: Trace<'gc>>(at: *const u8, tracer: &mut Tracer) {
    // SAFETY: the caller's duty.
    unsafe { &*at.cast::<T>() }.trace(tracer);
}

/// [`Trace::trace`] of elements by address: one function for a range of them, so that no element costs a call.
///
/// # Safety
///
/// `at` is a slice of `len` valid `T`.
unsafe fn trace_elements<'gc, T: Trace<'gc>>(at: *const u8, len: usize, tracer: &mut Tracer) {
    // SAFETY: the caller's duty.
    for element in unsafe { core::slice::from_raw_parts(at.cast::<T>(), len) } {
        element.trace(tracer);
    }
}

/// [`Trace::trace_tail`] by address.
///
/// # Safety
///
/// `at` is a valid `T`.
pub(crate) unsafe fn trace_tail_value<'gc, T: Trace<'gc>>(at: *const u8, tracer: &mut Tracer) {
    // SAFETY: the caller's duty.
    unsafe { &*at.cast::<T>() }.trace_tail(tracer);
}

#[cfg(all(test, not(loom)))]
mod tests {
    use core::panic::AssertUnwindSafe;
    use std::panic::catch_unwind;

    use super::{LIST_EDGES, TakeEdges, Tracer};

    /// What was taken, and the most at once.
    #[derive(Default)]
    struct Taken {
        addresses: Vec<usize>,
        most: usize,
    }

    impl TakeEdges for Taken {
        fn take(&mut self, edges: &mut Vec<*const u8>) {
            self.most = self.most.max(edges.len());
            self.addresses.extend(edges.drain(..).map(|edge| edge.addr()));
        }
    }

    fn report(tracer: &mut Tracer, n: usize) {
        (0..n).for_each(|address| tracer.edge(core::ptr::without_provenance(address)));
    }

    #[test]
    fn all_edges_are_taken_and_never_many_at_once() {
        let mut tracer = Tracer::new();
        for n in [0, 1, LIST_EDGES - 1, LIST_EDGES, LIST_EDGES + 1, 100 * LIST_EDGES + 7] {
            let mut taken = Taken::default();
            tracer.pour(&mut taken, |tracer| report(tracer, n));
            assert!(taken.addresses.iter().copied().eq(0..n), "{n} edges");
            assert!(taken.most <= 2 * LIST_EDGES, "{} at once", taken.most);
            assert!(tracer.edges.is_empty() && tracer.edges.capacity() <= 2 * LIST_EDGES);
        }
    }

    #[test]
    fn without_anybody_who_takes_them_all_are_kept() {
        let mut tracer = Tracer::new();
        tracer.pour(&mut Taken::default(), |tracer| report(tracer, 10));
        report(&mut tracer, 10 * LIST_EDGES);
        assert_eq!(tracer.edges.len(), 10 * LIST_EDGES);
        let mut taken = Taken::default();
        tracer.pour(&mut taken, |tracer| report(tracer, 1));
        assert_eq!(taken.addresses.len(), 10 * LIST_EDGES + 1);
    }

    #[test]
    fn after_a_panic_nobody_takes_edges() {
        let mut tracer = Tracer::new();
        let mut taken = Taken::default();
        let fails = |tracer: &mut Tracer| {
            report(tracer, 2 * LIST_EDGES);
            panic!("a trace function");
        };
        catch_unwind(AssertUnwindSafe(|| tracer.pour(&mut taken, fails))).unwrap_err();
        let before = taken.addresses.len();
        report(&mut tracer, 10 * LIST_EDGES);
        assert!(taken.addresses.len() == before && tracer.edges.len() >= 10 * LIST_EDGES);
    }
}
