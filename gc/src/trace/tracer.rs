//! The tracer: what receives the edges that a value reports.
//!
//! A tracer only collects: addresses of edges, and work that was put off. The marker takes both out after
//! each object. So the code that a derive emits stays small, trace functions need no access to the heap,
//! and nothing recurses without bound: owned data nests at most [`MAX_DEPTH`] calls deep, the rest is
//! deferred and traced from the marker's own loop.

use crate::trace::Trace;

/// Nested owned containers that are traced by recursion before the rest is deferred.
const MAX_DEPTH: u32 = 32;

/// Elements of a slice that are traced at once; longer slices are deferred and come in pieces.
pub(crate) const RANGE_ELEMENTS: usize = 512;

/// Reports edges of the value at the address.
pub(crate) type TraceFn = unsafe fn(*const u8, &mut Tracer);

/// Reports edges of as many values, one after the other, from the address on.
pub(crate) type TraceRangeFn = unsafe fn(*const u8, usize, &mut Tracer);

/// Work put off.
#[derive(Debug)]
pub(crate) enum Deferred {
    /// Contents of one owned container.
    Owned { at: *const u8, trace: TraceFn },
    /// `len` elements of `stride` bytes.
    Range { at: *const u8, len: usize, stride: usize, trace: TraceRangeFn },
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
            Self::Range { at, len, stride, trace } => {
                let now = len.min(RANGE_ELEMENTS);
                if now < len {
                    let rest = at.wrapping_add(now * stride);
                    tracer.deferred.push(Self::Range { at: rest, len: len - now, stride, trace });
                }
                // SAFETY: as above; these are elements of the slice.
                unsafe { trace(at, now, tracer) };
            }
        }
    }

    /// Takes the second half off a range that is worth halving.
    pub(crate) fn split(&mut self) -> Option<Self> {
        let Self::Range { at, len, stride, trace } = self else { return None };
        if *len < 4 * RANGE_ELEMENTS {
            return None;
        }
        let kept = *len / 2;
        let half = Self::Range {
            at: at.wrapping_add(kept * *stride),
            len: *len - kept,
            stride: *stride,
            trace: *trace,
        };
        *len = kept;
        Some(half)
    }
}

/// Receives the edges that [`Trace::trace`] reports.
///
/// Only the collector makes one, while no thread is inside a mutation: tracing looks into cells and locks without
/// borrowing them, so a program that could trace would read contents that are being written.
#[derive(Debug)]
pub struct Tracer {
    /// Addresses reported since the marker last took them out. May be null or sentinels.
    pub(crate) edges: Vec<*const u8>,
    /// Work put off since then.
    pub(crate) deferred: Vec<Deferred>,
    /// How many [`owned`](Self::owned) calls are active.
    depth: u32,
}

impl Tracer {
    /// A tracer that has received nothing.
    pub(crate) const fn new() -> Self {
        Self { edges: Vec::new(), deferred: Vec::new(), depth: 0 }
    }

    /// Reports one edge. Null and sentinels (addresses below 64 KiB) are allowed and mean none.
    #[inline]
    pub fn edge(&mut self, address: *const u8) {
        self.edges.push(address);
    }

    /// Traces what `container` owns on Rust's own heap, by calling `trace` now or, when calls nest too
    /// deep, later. Implementations for `Box`, maps and the like go through here, so that no nesting of
    /// owned data overflows the stack.
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
    #[inline]
    pub fn slice<'gc, T: Trace<'gc>>(&mut self, elements: &[T]) {
        // Zero-sized elements hold no edge, and there may be as many as a number can count.
        let reports_nothing = T::LEAF || (T::MASK.is_empty() && !T::TAIL) || size_of::<T>() == 0;
        if reports_nothing {
            return;
        }
        if elements.len() <= RANGE_ELEMENTS && self.depth < MAX_DEPTH {
            self.depth += 1;
            for element in elements {
                element.trace(self);
            }
            self.depth -= 1;
        } else {
            self.deferred.push(Deferred::Range {
                at: elements.as_ptr().cast(),
                len: elements.len(),
                stride: size_of::<T>(),
                trace: trace_elements::<T>,
            });
        }
    }

    /// Reports the edges of the words in `words` (as [`Mask::words`](crate::Mask::words)) of a value: what
    /// the derive emits for the variants of an enum of documented layout.
    ///
    /// # Safety
    ///
    /// `value` is valid and every word in `words` lies inside it and is a masked word (duty 2 of [`Trace`]).
    #[doc(hidden)]
    pub unsafe fn masked<T: ?Sized>(&mut self, value: &T, words: [u64; 4]) {
        let base = core::ptr::from_ref(value).cast::<u8>();
        for (i, mut bits) in words.into_iter().enumerate() {
            while bits != 0 {
                let index = i * 64 + bits.trailing_zeros() as usize;
                bits &= bits - 1;
                // SAFETY: the word lies inside `value`, by the caller's duty.
                let word = unsafe { base.add(index * crate::layout::WORD_BYTES) };
                // SAFETY: the word is an initialized masked word; it may change beside us through a cell,
                // which is why it is read atomically.
                let raw = unsafe { crate::layout::load_word(word) };
                self.edges.extend(crate::layout::edge_of(raw));
            }
        }
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
