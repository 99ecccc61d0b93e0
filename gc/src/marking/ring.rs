//! The ring: between the stack of grey objects and the scan.
//!
//! An object that leaves the stack is prefetched and enters the ring, and the one that entered it longest ago, whose cache
//! line has arrived meanwhile, is scanned. So memory is waited for with as many requests under way as the ring has places,
//! which is worth a factor of two to three where the heap is larger than the caches. A stack alone would take back
//! the object that it has just been given, a queue alone would grow with the width of the graph. In a large heap the marks may
//! be waited for in the same way: those of what an object points to are asked for when it has gone half of its way
//! ([`look_ahead`](super::look_ahead)).
//!
//! The idea: Cher, Hosking and Vijaykumar, "Software Prefetching for Mark-Sweep Garbage Collection" (2004).

use super::shades::Grey;

/// Places of the ring: a power of two. More requests than a core can have under way are of no use.
const PLACES: usize = 16;

/// Objects whose cache lines are on their way, in the order in which they were asked for.
#[derive(Debug)]
pub(super) struct Ring {
    places: [Grey; PLACES],
    /// Objects that were taken out since the beginning.
    taken: usize,
    len: usize,
}

impl Ring {
    pub(super) const fn new() -> Self {
        Self { places: [Grey::NONE; PLACES], taken: 0, len: 0 }
    }

    #[inline(always)]
    pub(super) fn is_empty(&self) -> bool {
        self.len == 0
    }

    #[inline(always)]
    pub(super) fn is_full(&self) -> bool {
        self.len == PLACES
    }

    /// Puts one in; there must be room.
    #[inline(always)]
    pub(super) fn push(&mut self, grey: Grey) {
        debug_assert!(self.len < PLACES);
        self.places[(self.taken + self.len) % PLACES] = grey;
        self.len += 1;
    }

    /// Takes out the oldest; there must be one.
    #[inline(always)]
    pub(super) fn pop(&mut self) -> Grey {
        debug_assert!(self.len > 0);
        let grey = self.places[self.taken % PLACES];
        self.taken = self.taken.wrapping_add(1);
        self.len -= 1;
        grey
    }

    /// The one of a full ring whose cache line has arrived by now, and which is scanned so much later that another one arrives
    /// meanwhile.
    #[inline(always)]
    pub(super) fn halfway(&self) -> Grey {
        debug_assert_eq!(self.len, PLACES);
        self.places[(self.taken + PLACES / 2) % PLACES]
    }

    /// Takes out the oldest of a full ring and puts another one in.
    #[inline(always)]
    pub(super) fn exchange(&mut self, grey: Grey) -> Grey {
        debug_assert_eq!(self.len, PLACES);
        let place = &mut self.places[self.taken % PLACES];
        self.taken = self.taken.wrapping_add(1);
        core::mem::replace(place, grey)
    }
}

#[cfg(test)]
mod tests {
    use super::{Grey, PLACES, Ring};
    use crate::marking::shades::Shaded;

    #[test]
    fn who_is_halfway_is_taken_out_half_a_ring_later() {
        let mut ring = Ring::new();
        let grey = |n: usize| Grey::new(Shaded::at(n));
        (0..PLACES).for_each(|n| ring.push(grey(n)));
        for n in PLACES..5 * PLACES {
            assert_eq!(ring.halfway(), grey(n - PLACES / 2));
            assert_eq!(ring.exchange(grey(n)), grey(n - PLACES));
        }
        assert_eq!(ring.pop(), grey(4 * PLACES));
    }
}
