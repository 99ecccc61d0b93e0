//! Objects by any address: what a pointer that nobody vouches for points to.
//!
//! The way is that of marking, with a look at each step whether there is anything: the address may lie in no arena, in a
//! free page, in a free slot, or in an object that is dead. It is exact for addresses of objects that were
//! [told of](Memory::tell_of); of a slot that was handed out the bitmaps know nothing before its claim ends.
//!
//! What is found in a mutation stays as long as that: no cycle can begin. So the arena stays, too, and the next look at
//! it takes no lock.

use core::cell::Cell;
use core::ptr::NonNull;

use super::arena::{Arena, HEADER_PAGES};
use super::span::Span;
use super::sweep_state::Progress;
use super::{Class, Memory};
use crate::layout::{ARENA_BYTES, ARENA_PAGES};
use crate::sync::{Ordering, fence};

/// Arenas in which a mutation has found an object.
#[derive(Debug, Default)]
pub(crate) struct KnownArenas([Cell<usize>; KNOWN]);

const KNOWN: usize = 8;

impl KnownArenas {
    /// Forgets all: the mutation has ended.
    pub(crate) fn clear(&self) {
        self.0.iter().for_each(|unit| unit.set(0));
    }

    fn place(&self, unit: usize) -> &Cell<usize> {
        &self.0[unit / ARENA_BYTES % KNOWN]
    }

    fn has(&self, unit: usize) -> bool {
        unit != 0 && self.place(unit).get() == unit
    }
}

/// What there is at an address of an arena.
enum Look {
    Nothing,
    /// A span that is to be swept before one knows.
    Unsettled(NonNull<Span>),
    /// The start of an object, and its span.
    Object(NonNull<u8>, NonNull<Span>),
}

impl Memory {
    /// The object that an address lies in, by its slot, and its class.
    ///
    /// # Safety
    ///
    /// The thread is inside a mutation of the heap, at the beginning of which `known` was cleared.
    pub(crate) unsafe fn object_at(
        &self,
        address: *const u8,
        known: &KnownArenas,
    ) -> Option<(NonNull<u8>, &Class)> {
        let unit = Arena::unit_of(address.addr());
        loop {
            let look = if known.has(unit) {
                // SAFETY: an arena with an object of the mutation is not given up before that ends.
                let arena = unsafe { Arena::containing(address) };
                // SAFETY: as above.
                unsafe { self.look(arena, address) }
            } else {
                let pages = self.pages.lock();
                let arena = pages.arena_of(address)?;
                // SAFETY: an arena is given up under the lock.
                let look = unsafe { self.look(arena, address) };
                // A huge one has other units, too, which are not found by `containing`.
                if matches!(look, Look::Object(..)) && !self.huge.may_hold(address.addr()) {
                    known.place(unit).set(unit);
                }
                look
            };
            match look {
                Look::Nothing => return None,
                Look::Unsettled(span) => self.settle(span.cast()),
                // SAFETY: an object keeps its span.
                Look::Object(slot, span) => return Some((slot, unsafe { span.as_ref() }.class())),
            }
        }
    }

    /// # Safety
    ///
    /// The arena, which has the address, is not given up meanwhile; the thread is inside a mutation of the heap.
    unsafe fn look(&self, arena: Arena, address: *const u8) -> Look {
        // Most pages of a huge arena lie beyond the entries; those that have one are equal.
        let page = arena.page_of(address).min(ARENA_PAGES - 1);
        if page < HEADER_PAGES {
            return Look::Nothing;
        }
        // SAFETY: the caller's duty.
        let Some(span) = NonNull::new(unsafe { arena.span_if_any(page) }) else { return Look::Nothing };
        // SAFETY: a page names a span that was alive in this mutation, which keeps its descriptor.
        match unsafe { Span::sweep(span) }.progress(self.generation()) {
            Progress::Retired => return Look::Nothing,
            Progress::ToSweep | Progress::BeingSwept => return Look::Unsettled(span),
            Progress::Swept => {}
        }
        // SAFETY: as above. Its shape stays even if it is given up meanwhile.
        let of = unsafe { span.as_ref() };
        let Some(offset) = address.addr().checked_sub(of.start().addr().get()) else { return Look::Nothing };
        let index = of.slot_at(offset);
        if index >= of.cut().n_slots || of.slot_word(index / 64).objects() & 1 << (index % 64) == 0 {
            return Look::Nothing;
        }
        // It may have been given up, if the address is not that of an object, and the bit may be one of what came to the
        // page then. Acquire: pairs with the release in `commit`: so the page is seen to be that span's.
        fence(Ordering::Acquire);
        // SAFETY: as above.
        if unsafe { arena.span_if_any(page) } != span.as_ptr() {
            return Look::Nothing;
        }
        NonNull::new(of.slot(index)).map_or(Look::Nothing, |slot| Look::Object(slot, span))
    }

    /// Whether an address lies in memory of the heap.
    pub(crate) fn owns(&self, address: *const u8) -> bool {
        self.pages.lock().arena_of(address).is_some()
    }

    /// Notes at once that a slot holds an object, which its claim would say later.
    ///
    /// # Safety
    ///
    /// It was handed out to the calling thread in the mutation that it is inside of, and holds a value of its class.
    pub(crate) unsafe fn tell_of(&self, slot: NonNull<u8>) {
        // SAFETY: a slot that is claimed keeps its span.
        let span = unsafe { self.span_of(slot.as_ptr()) };
        let index = span.slot_at(span.offset_of(slot.as_ptr()));
        span.slot_word(index / 64).commit(1 << (index % 64));
    }
}
