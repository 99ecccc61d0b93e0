//! The graph: people, and who is whose friend. Any number of threads change and query it at the same time.

use std::collections::{BTreeMap, HashMap, VecDeque};

use gc::{ByAddress, Gc, GcRwLock, Mutation, Trace, WriteGuard};

/// Somebody in the network.
#[derive(Trace)]
pub(crate) struct Person<'gc> {
    pub(crate) id: u32,
    /// Friends by number, or `None` when the person has left.
    friends: GcRwLock<Option<Friends<'gc>>>,
}

type Friends<'gc> = BTreeMap<u32, Gc<'gc, Person<'gc>>>;

/// The network: it leads to everybody who is in it.
#[derive(Trace)]
pub(crate) struct Network<'gc> {
    people: GcRwLock<Friends<'gc>>,
}

impl<'gc> Network<'gc> {
    /// A network of nobody.
    pub(crate) fn new(mc: &Mutation<'gc>) -> Gc<'gc, Self> {
        Gc::new(mc, Self { people: GcRwLock::default() })
    }

    /// Adds somebody, or finds who has this number.
    pub(crate) fn join(&self, mc: &Mutation<'gc>, id: u32) -> Gc<'gc, Person<'gc>> {
        let new = || Gc::new(mc, Person { id, friends: GcRwLock::new(Some(BTreeMap::new())) });
        *self.people.write(mc).entry(id).or_insert_with(new)
    }

    /// Who has this number.
    pub(crate) fn find(&self, mc: &Mutation<'gc>, id: u32) -> Option<Gc<'gc, Person<'gc>>> {
        self.people.read(mc).get(&id).copied()
    }

    /// How many people are in it.
    pub(crate) fn len(&self, mc: &Mutation<'gc>) -> usize {
        self.people.read(mc).len()
    }

    /// Removes somebody, and all friendships with them. What they alone led to is garbage; nothing has to be counted.
    pub(crate) fn leave(&self, mc: &Mutation<'gc>, id: u32) {
        let Some(person) = self.people.write(mc).remove(&id) else { return };
        // No two locks at a time, so no order: who befriends the person from here on sees that they have left.
        let friends = person.friends.write(mc).take().unwrap_or_default();
        for friend in friends.values() {
            if let Some(friends) = &mut *friend.friends.write(mc) {
                friends.remove(&id);
            }
        }
    }

    /// The shortest way from one to another, both included.
    pub(crate) fn way(&self, mc: &Mutation<'gc>, from: u32, to: u32) -> Option<Vec<u32>> {
        let (from, to) = (self.find(mc, from)?, self.find(mc, to)?);
        // Who has told whom. `ByAddress` is a key by identity.
        let mut told = HashMap::from([(ByAddress(from), from)]);
        let mut waiting = VecDeque::from([from]);
        while let Some(person) = waiting.pop_front() {
            if Gc::ptr_eq(person, to) {
                let back = std::iter::successors(Some(to), |at| {
                    told.get(&ByAddress(*at)).copied().filter(|by| !Gc::ptr_eq(*by, *at))
                });
                let mut way: Vec<u32> = back.map(|person| person.id).collect();
                way.reverse();
                return Some(way);
            }
            for friend in person.friends(mc) {
                told.entry(ByAddress(friend)).or_insert_with(|| {
                    waiting.push_back(friend);
                    person
                });
            }
        }
        None
    }
}

impl<'gc> Person<'gc> {
    /// The friends, as they are now.
    pub(crate) fn friends(&self, mc: &Mutation<'gc>) -> Vec<Gc<'gc, Self>> {
        self.friends.read(mc).iter().flat_map(BTreeMap::values).copied().collect()
    }

    /// Makes two people friends of each other; false if one of them has left, or they are one.
    pub(crate) fn befriend(mc: &Mutation<'gc>, one: Gc<'gc, Self>, other: Gc<'gc, Self>) -> bool {
        Self::with_both(mc, one, other, |mut of_one, mut of_other| match (&mut *of_one, &mut *of_other) {
            (Some(of_one), Some(of_other)) => {
                of_one.insert(other.id, other);
                of_other.insert(one.id, one);
                true
            }
            _ => false,
        })
    }

    /// Ends a friendship, on both sides.
    pub(crate) fn part(mc: &Mutation<'gc>, one: Gc<'gc, Self>, other: Gc<'gc, Self>) -> bool {
        Self::with_both(mc, one, other, |mut of_one, mut of_other| match (&mut *of_one, &mut *of_other) {
            (Some(of_one), Some(of_other)) => {
                of_other.remove(&one.id);
                of_one.remove(&other.id).is_some()
            }
            _ => false,
        })
    }

    /// Locks both, always the one with the lower number first, so that no two threads wait for each other.
    fn with_both(
        mc: &Mutation<'gc>,
        one: Gc<'gc, Self>,
        other: Gc<'gc, Self>,
        change: impl FnOnce(WriteGuard<'_, Option<Friends<'gc>>>, WriteGuard<'_, Option<Friends<'gc>>>) -> bool,
    ) -> bool {
        if one.id < other.id {
            let of_one = one.friends.write(mc);
            change(of_one, other.friends.write(mc))
        } else if one.id > other.id {
            let of_other = other.friends.write(mc);
            change(one.friends.write(mc), of_other)
        } else {
            false
        }
    }
}
