//! Marking: from the roots through masks and tails, with an explicit stack.
//!
//! An object is white while its mark bit is clear, grey while it is on the stack, black after it was scanned.
//! Leaves are black at once. Edges reported by trace functions are taken out of the tracer after each call;
//! deferred work (deep owned data, pieces of long slices) is done when no grey object is left, so that
//! neither stack grows with the depth of the data.

use crate::layout::{FIRST_EDGE_ADDRESS, WORD_BYTES, edge_of, load_word};
use crate::memory::{AddressMap, Bitmap, Memory};
use crate::sync::Ordering;
use crate::trace::{Deferred, RANGE_ELEMENTS, Tracer};

/// What was marked.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Marked {
    pub(super) objects: u64,
    /// Bytes of their slots.
    pub(super) bytes: u64,
}

/// Marks what can be reached in one heap.
#[derive(Debug)]
pub(super) struct Marker<'m> {
    map: AddressMap<'m>,
    marked: Marked,
    /// Addresses of objects that are marked and not scanned.
    grey: Vec<*const u8>,
    tracer: Tracer,
}

impl<'m> Marker<'m> {
    /// # Safety
    ///
    /// The world of the heap is stopped as long as the marker exists.
    pub(super) unsafe fn new(memory: &'m Memory) -> Self {
        Self { map: memory.map(), marked: Marked::default(), grey: Vec::new(), tracer: Tracer::new() }
    }

    /// Marks the object at or around an address, if it is one, and puts it on the stack.
    #[inline]
    pub(super) fn shade(&mut self, address: *const u8) {
        if address.addr() < FIRST_EDGE_ADDRESS {
            return;
        }
        // SAFETY: edges are addresses in objects of this heap (duty 1 and 2 of `Trace`; brands).
        let slot = unsafe { self.map.slot_of(address) };
        let word = slot.word(Bitmap::Marks);
        // Relaxed, and no locked instruction: one thread marks.
        let marks = word.load(Ordering::Relaxed);
        if marks & slot.bit() != 0 {
            return;
        }
        word.store(marks | slot.bit(), Ordering::Relaxed);
        if cfg!(any(debug_assertions, gc_zeal)) {
            let allocs = slot.word(Bitmap::Allocs).load(Ordering::Relaxed);
            if allocs & slot.bit() == 0 {
                crate::zeal::fault(&format!("an edge leads to {address:p}, where no object is"));
            }
        }
        self.marked.objects += 1;
        self.marked.bytes += slot.bytes() as u64;
        if !slot.entry.is_leaf() {
            self.grey.push(slot.start());
        }
    }

    /// Scans until nothing grey is left.
    pub(super) fn drain(&mut self) {
        loop {
            if let Some(object) = self.grey.pop() {
                self.scan(object);
            } else if let Some(deferred) = self.tracer.deferred.pop() {
                self.resume(deferred);
            } else {
                return;
            }
        }
    }

    /// What was marked.
    pub(super) fn finish(self) -> Marked {
        self.marked
    }

    /// Shades everything that a grey object points to.
    fn scan(&mut self, object: *const u8) {
        // SAFETY: grey objects are objects.
        let slot = unsafe { self.map.slot_of(object) };
        let class = slot.span().class();
        for (group, &bits) in class.mask.iter().enumerate() {
            let mut left = bits;
            while left != 0 {
                let index = group * 64 + left.trailing_zeros() as usize;
                left &= left - 1;
                // SAFETY: the mask's words lie in the object and are initialized (duty 2 of `Trace`).
                let word = unsafe { load_word(object.wrapping_add(index * WORD_BYTES)) };
                self.shade(edge_of(word));
            }
        }
        if let Some(tail) = class.tail {
            // SAFETY: the object is a value of its class.
            unsafe { tail(object, &mut self.tracer) };
            self.take_edges();
        }
    }

    fn resume(&mut self, deferred: Deferred) {
        match deferred {
            // SAFETY: deferred work is about data owned by objects, which do not change in a stopped world.
            Deferred::Owned { at, trace } => unsafe { trace(at, &mut self.tracer) },
            Deferred::Range { at, len, stride, trace } => {
                let now = len.min(RANGE_ELEMENTS);
                if now < len {
                    let rest = at.wrapping_add(now * stride);
                    self.tracer.deferred.push(Deferred::Range { at: rest, len: len - now, stride, trace });
                }
                for index in 0..now {
                    // SAFETY: as above; the element lies in the slice.
                    unsafe { trace(at.wrapping_add(index * stride), &mut self.tracer) };
                }
            }
        }
        self.take_edges();
    }

    /// Shades what a trace function has reported.
    fn take_edges(&mut self) {
        while let Some(address) = self.tracer.edges.pop() {
            self.shade(address);
        }
    }
}
