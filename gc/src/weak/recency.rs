//! In which order things were used last.
//!
//! A ring that is linked by index, so that each step costs a few stores and no search. Its items lie in one slice, which the
//! collector scans in pieces; what links them lies beside it, as it is no business of the collector's.

/// Items, from the one that was used last to the one that was not used for longest.
///
/// # Invariants
///
/// 1. Items and ring are of equal length. At [`HEAD`] there is no item; at each other place there is one exactly if the place is
///    in the ring, and if not it is in `free`.
/// 2. From `HEAD` each `older` leads to the next item in the order of use, and back to `HEAD`; each `newer` back.
#[derive(Debug)]
pub(super) struct Recency<T> {
    items: Vec<Option<T>>,
    ring: Vec<Neighbours>,
    free: Vec<usize>,
}

#[derive(Clone, Copy, Debug)]
struct Neighbours {
    newer: usize,
    older: usize,
}

/// Where the ring begins and ends.
const HEAD: usize = 0;

impl<T> Default for Recency<T> {
    fn default() -> Self {
        Self { items: vec![None], ring: vec![Neighbours { newer: HEAD, older: HEAD }], free: Vec::new() }
    }
}

impl<T> Recency<T> {
    pub(super) fn len(&self) -> usize {
        self.items.len() - 1 - self.free.len()
    }

    /// All places, so that the items can be visited in pieces.
    pub(super) fn items(&self) -> &[Option<T>] {
        &self.items
    }

    /// Bytes that it has allocated.
    pub(super) fn bytes(&self) -> usize {
        self.items.capacity() * size_of::<Option<T>>()
            + self.ring.capacity() * size_of::<Neighbours>()
            + self.free.capacity() * size_of::<usize>()
    }

    /// Adds an item, which is the one used last; its place, as long as it is here.
    pub(super) fn add(&mut self, item: T) -> usize {
        let place = self.free.pop().unwrap_or_else(|| {
            self.items.push(None);
            self.ring.push(Neighbours { newer: HEAD, older: HEAD });
            self.items.len() - 1
        });
        self.items[place] = Some(item);
        self.link(place);
        place
    }

    /// The item at a place, where there is one, is the one used last.
    #[inline]
    pub(super) fn touch(&mut self, place: usize) {
        if self.ring[HEAD].older != place {
            self.unlink(place);
            self.link(place);
        }
    }

    /// The place of the item that was not used for longest.
    pub(super) fn oldest(&self) -> Option<usize> {
        Some(self.ring[HEAD].newer).filter(|&place| place != HEAD)
    }

    /// Takes out the item at a place.
    pub(super) fn remove(&mut self, place: usize) -> Option<T> {
        let item = self.items[place].take()?;
        self.unlink(place);
        self.free.push(place);
        Some(item)
    }

    /// Puts a place into the ring, in front.
    fn link(&mut self, place: usize) {
        let older = self.ring[HEAD].older;
        self.ring[place] = Neighbours { newer: HEAD, older };
        self.ring[older].newer = place;
        self.ring[HEAD].older = place;
    }

    /// Takes a place out of the ring.
    fn unlink(&mut self, place: usize) {
        let Neighbours { newer, older } = self.ring[place];
        self.ring[newer].older = older;
        self.ring[older].newer = newer;
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::{HEAD, Recency};

    impl<T: Copy> Recency<T> {
        /// The items in order, the one used last first. Asserts the invariants.
        fn order(&self) -> Vec<T> {
            assert_eq!(self.items.len(), self.ring.len());
            let (mut order, mut at) = (Vec::new(), self.ring[HEAD].older);
            while at != HEAD {
                order.push(self.items[at].expect("invariant 1"));
                assert_eq!(self.ring[self.ring[at].older].newer, at, "invariant 2");
                at = self.ring[at].older;
            }
            assert_eq!(order.len(), self.len());
            assert!(self.free.iter().all(|&place| self.items[place].is_none()));
            order
        }
    }

    /// Beside a vector in which each step moves everything.
    #[test]
    fn the_order_of_use() {
        let (mut recency, mut model, mut state) = (Recency::default(), Vec::<(usize, u64)>::new(), 1_u64);
        for round in 0..20_000 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let at = usize::try_from(state >> 40).unwrap() % model.len().max(1);
            match state >> 62 {
                0 if model.len() < 50 => model.insert(0, (recency.add(round), round)),
                1 if !model.is_empty() => {
                    let (place, item) = model.remove(at);
                    assert_eq!(recency.remove(place), Some(item));
                    assert_eq!(recency.remove(place), None);
                }
                2 => {
                    assert_eq!(recency.oldest(), model.last().map(|&(place, _)| place));
                    if let Some(place) = recency.oldest().filter(|_| model.len() > 40) {
                        assert_eq!(recency.remove(place), model.pop().map(|(_, item)| item));
                    }
                }
                _ if !model.is_empty() => {
                    let used = model.remove(at);
                    recency.touch(used.0);
                    assert_eq!(recency.items()[used.0], Some(used.1));
                    model.insert(0, used);
                }
                _ => {}
            }
            assert!(recency.order().into_iter().eq(model.iter().map(|&(_, item)| item)));
        }
        assert!(recency.items().len() <= 51, "places are used again");
    }
}
