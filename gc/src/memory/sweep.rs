//! Sweeping: mark bits become alloc bits.
//!
//! What happens to a dead object depends on how its contents are dropped ([`DropKind`]). No code of the
//! program runs here.
//!
//! 1. *None*: nothing. The slot is free.
//! 2. *Library*: it is dropped now. The slot is free.
//! 3. *User*: the slot becomes doomed and is handed out in a [`DeadSlots`]. It stays taken, is neither
//!    marked nor traced, and becomes free after [`Memory::bury`] was told that its destructor has run.

use super::arena::Bitmap;
use super::class::{BuriedSlots, Class};
use super::span::Span;
use super::{ClassId, Memory};
use crate::object::{DropFn, DropKind};

/// Dead objects of one span whose destructors have to run.
#[derive(Debug)]
pub(crate) struct DeadSlots {
    span: *mut Span,
    class: ClassId,
    drop: DropFn,
    /// Bitmap words and their doomed slots.
    words: Vec<(usize, u64)>,
    slot_bytes: usize,
}

// SAFETY: doomed slots belong to whoever holds this list.
unsafe impl Send for DeadSlots {}

impl DeadSlots {
    /// The function that drops an object, and the addresses of the objects.
    pub(crate) fn objects(&self) -> (DropFn, impl Iterator<Item = *mut u8>) {
        // SAFETY: a span with doomed slots is not given up.
        let span = unsafe { &*self.span };
        let slots = self.words.iter().flat_map(|&(word, bits)| ones(bits).map(move |bit| word * 64 + bit));
        (self.drop, slots.map(|index| span.slot(index)))
    }

    /// Size of each object's slot.
    pub(crate) fn slot_bytes(&self) -> usize {
        self.slot_bytes
    }

    /// Number of objects.
    pub(crate) fn len(&self) -> usize {
        self.words.iter().map(|(_, bits)| bits.count_ones() as usize).sum()
    }
}

/// What a sweep found.
#[derive(Debug, Default)]
pub(crate) struct Swept {
    /// Objects that were marked.
    pub(crate) live_objects: u64,
    /// Bytes of their slots.
    pub(crate) live_bytes: u64,
    /// Objects that were doomed now or earlier and whose destructors have not run.
    pub(crate) doomed_objects: u64,
    /// Bytes of their slots.
    pub(crate) doomed_bytes: u64,
    /// Objects that this sweep dropped.
    pub(crate) dropped_objects: u64,
    /// Objects that this sweep doomed.
    pub(crate) dead: Vec<DeadSlots>,
}

impl Memory {
    /// Sweeps all spans and returns the empty ones to the page heap.
    ///
    /// # Safety
    ///
    /// The world is stopped, mutators have given their words back, and every object that can be reached is
    /// marked.
    pub(crate) unsafe fn sweep(&mut self) -> Swept {
        let mut swept = Swept::default();
        for (id, class) in self.classes.iter_mut().enumerate() {
            class.returned.clear();
            class.next_span = 0;
            for BuriedSlots { span, word, slots } in class.buried.drain(..) {
                // SAFETY: a span with doomed slots is not given up, and the memory lock guards `self`.
                unsafe { &*span }.free_doomed(word, slots);
            }
            let (kind, drop) = (class.drop_kind, class.drop);
            for span in &mut class.spans {
                // SAFETY: the caller's duty.
                unsafe { sweep_span(span, ClassId(id), kind, drop, &mut swept) };
            }
        }
        self.release_empty_spans();
        swept
    }

    /// Clears all marks: the cycle failed and nothing is freed.
    pub(crate) fn forget_marks(&mut self) {
        for span in self.classes.iter().flat_map(|class| &class.spans) {
            (0..span.n_words()).for_each(|word| span.store(Bitmap::Marks, word, 0));
        }
    }

    /// Takes back slots whose destructors have run. Those in words that a mutator claimed meanwhile, whose
    /// alloc bits are the mutator's, stay doomed until the next sweep; the others become free now.
    pub(crate) fn bury(&mut self, dead: &DeadSlots) {
        // SAFETY: a span with doomed slots is not given up, and the memory lock guards `self`.
        let span = unsafe { &*dead.span };
        for &(word, bits) in &dead.words {
            if word >= span.next_word {
                span.free_doomed(word, bits);
            } else {
                let buried = BuriedSlots { span: dead.span, word, slots: bits };
                self.classes[dead.class.0].buried.push(buried);
            }
            for bit in ones(bits) {
                // SAFETY: the object in it was dropped.
                unsafe { crate::zeal::poison(span.slot(word * 64 + bit), dead.slot_bytes) };
            }
        }
        if span.is_empty() {
            let class = &mut self.classes[dead.class.0];
            class.next_span = 0;
            release_empty_spans_of(class, &mut self.pages);
        }
    }

    fn release_empty_spans(&mut self) {
        for class in &mut self.classes {
            release_empty_spans_of(class, &mut self.pages);
        }
    }

    /// Takes out every object that has a destructor, at the end of the heap.
    pub(crate) fn take_all(&mut self) -> Vec<DeadSlots> {
        let mut all = Vec::new();
        for (id, class) in self.classes.iter().enumerate() {
            let Some(drop) = class.drop else { continue };
            for span in &class.spans {
                let taken = |word| span.load(Bitmap::Allocs, word) & !span.load(Bitmap::Doomed, word);
                let words =
                    (0..span.n_words()).map(|word| (word, taken(word))).filter(|w| w.1 != 0).collect();
                let (span, slot_bytes) = ((&raw const **span).cast_mut(), span.slot_bytes());
                all.push(DeadSlots { span, class: ClassId(id), drop, words, slot_bytes });
            }
        }
        all
    }

    /// Gives up all memory.
    pub(crate) fn release_all(&mut self) {
        for class in &mut self.classes {
            class.spans.clear();
            class.returned.clear();
            class.buried.clear();
        }
        self.pages = super::PageHeap::default();
    }
}

fn release_empty_spans_of(class: &mut Class, pages: &mut super::PageHeap) {
    class.spans.retain(|span| {
        let empty = span.is_empty();
        if empty {
            pages.give(span.run());
        }
        !empty
    });
}

/// # Safety
///
/// As for [`Memory::sweep`].
unsafe fn sweep_span(
    span: &mut Span,
    class: ClassId,
    kind: DropKind,
    drop: Option<DropFn>,
    swept: &mut Swept,
) {
    let slot_bytes = span.slot_bytes();
    let (mut n_live, mut n_doomed, mut doomed_now) = (0_u64, 0_u64, Vec::new());
    for word in 0..span.n_words() {
        let [marks, allocs, doomed] =
            [Bitmap::Marks, Bitmap::Allocs, Bitmap::Doomed].map(|bitmap| span.load(bitmap, word));
        debug_assert_eq!(marks & doomed, 0, "a dead object was marked while its destructor was due");
        // Without drop glue alloc bits are exact only right after a sweep, and this is zero (unless `EXACT`).
        let dead = allocs & !marks & !doomed;
        let mut still_doomed = doomed;
        match (kind, drop) {
            (DropKind::User, Some(_)) if dead != 0 => {
                doomed_now.push((word, dead));
                still_doomed |= dead;
            }
            (DropKind::Library, Some(drop)) => {
                for bit in ones(dead) {
                    // SAFETY: the slot holds an object, which nothing reaches any more.
                    unsafe { drop(span.slot(word * 64 + bit)) };
                }
                swept.dropped_objects += u64::from(dead.count_ones());
            }
            _ => {}
        }
        for bit in ones(allocs & !marks & !still_doomed) {
            // SAFETY: the object in the slot is dead and dropped.
            unsafe { crate::zeal::poison(span.slot(word * 64 + bit), slot_bytes) };
        }
        span.store(Bitmap::Doomed, word, still_doomed);
        span.store(Bitmap::Allocs, word, marks | still_doomed);
        span.store(Bitmap::Marks, word, 0);
        n_live += u64::from(marks.count_ones());
        n_doomed += u64::from(still_doomed.count_ones());
    }
    span.next_word = 0;
    swept.live_objects += n_live;
    swept.live_bytes += n_live * slot_bytes as u64;
    swept.doomed_objects += n_doomed;
    swept.doomed_bytes += n_doomed * slot_bytes as u64;
    if let (Some(drop), false) = (drop, doomed_now.is_empty()) {
        swept.dead.push(DeadSlots { span, class, drop, words: doomed_now, slot_bytes });
    }
}

/// The indexes of the bits that are set.
pub(crate) fn ones(mut bits: u64) -> impl Iterator<Item = usize> {
    core::iter::from_fn(move || {
        let index = bits.trailing_zeros() as usize;
        (bits != 0).then(|| {
            bits &= bits - 1;
            index
        })
    })
}

#[cfg(test)]
mod tests {
    use crate::memory::{Bitmap, Memory};
    use crate::object::{Describe, DropKind, DropWalk, Mask};
    use crate::trace::{Trace, Tracer};

    struct Mourned;

    impl Drop for Mourned {
        fn drop(&mut self) {}
    }

    // SAFETY: there is no edge, and it has a `Drop`.
    unsafe impl Trace<'_> for Mourned {
        const MASK: Mask = Mask::EMPTY;
        const TAIL: bool = false;
        const LEAF: bool = true;
        fn trace(&self, _: &mut Tracer) {}
        fn trace_tail(&self, _: &mut Tracer) {}
        fn drop_kind(_: &mut DropWalk) -> DropKind {
            DropKind::User
        }
    }

    /// A mutator may have claimed slots of a span in which nothing lies any more when its last dead object is
    /// buried.
    #[test]
    fn a_span_with_claimed_slots_stays() {
        let mut memory = Memory::new(usize::MAX);
        let class = memory.class_of(<Mourned as Describe<'static>>::INFO, 16);
        let [first, second] = [0, 1].map(|_| memory.claim(class).unwrap());
        assert_eq!((first.span, first.word, second.word), (second.span, 0, 1));
        // SAFETY: the span exists, and its words are claimed.
        unsafe { &*second.span }.store(Bitmap::Allocs, second.word, 1);
        // SAFETY: nothing is reachable.
        let dead = unsafe { memory.sweep() }.dead;
        let again = memory.claim(class).unwrap();
        assert_eq!((again.span, again.word), (first.span, 0));
        memory.bury(&dead[0]);
        memory.verify();
        assert!(memory.bytes_in_use() > 0, "the span has claimed slots");
        // SAFETY: nothing is reachable.
        unsafe { memory.sweep() };
        memory.verify();
        assert_eq!(memory.bytes_in_use(), 0);
    }
}
