//! A graph that several threads change and query at the same time: people join a network, become friends, part, leave, and
//! ask how they are connected.
//!
//! Each person has a lock of their own, so threads wait for each other only where they meet. Nobody counts who still points
//! to whom: a thread that found a person may go on with them although they have left meanwhile, and they are freed when
//! nobody has them any more.
//!
//! ```text
//! cargo run --release -p gc --example friends
//! ```
#![forbid(unsafe_code)]

mod network;

use std::collections::BTreeSet;
use std::error::Error;
use std::io::{self, Write};
use std::thread;

use gc::{Heap, Mutation, Root};

use crate::network::{Network, Person};

const PEOPLE: u32 = 3_000;
const THREADS: u32 = 4;

/// What a thread does in one mutation: not much, as a collection waits for its end.
const BATCH: usize = 50;

/// Those who are going to leave.
fn leaves(id: u32) -> bool {
    id % 5 == 3
}

/// Whom somebody befriends: the next one, and one far away.
fn chosen(id: u32) -> [u32; 2] {
    [(id + 1) % PEOPLE, (id * 7 + 1) % PEOPLE]
}

/// A friendship that does not last.
fn passing(id: u32) -> u32 {
    (id + PEOPLE / 2) % PEOPLE
}

/// Does something for each number, many in one mutation.
fn for_each(
    heap: &Heap,
    network: &Root<Network<'static>>,
    ids: impl Iterator<Item = u32>,
    work: impl for<'gc> Fn(&Mutation<'gc>, &Network<'gc>, u32),
) {
    let ids: Vec<u32> = ids.collect();
    for batch in ids.chunks(BATCH) {
        heap.mutate(|mc| {
            let network = network.get(mc);
            batch.iter().for_each(|id| work(mc, &network, *id));
        });
    }
}

/// Befriends the people of one thread with whom they choose. Whoever comes first lets the other one join.
fn befriend<'gc>(mc: &Mutation<'gc>, network: &Network<'gc>, id: u32) {
    let person = network.join(mc, id);
    for friend in chosen(id) {
        Person::befriend(mc, person, network.join(mc, friend));
    }
    let passing = network.join(mc, passing(id));
    Person::befriend(mc, person, passing);
}

/// Parts the friends that do not last, unless they have chosen each other.
fn part<'gc>(mc: &Mutation<'gc>, network: &Network<'gc>, id: u32) {
    let other = passing(id);
    if chosen(id).contains(&other) || chosen(other).contains(&id) {
        return;
    }
    if let (Some(person), Some(other)) = (network.find(mc, id), network.find(mc, other)) {
        Person::part(mc, person, other);
    }
}

/// Asks for the way between two people; what is found is one, as friendships are.
fn ask<'gc>(mc: &Mutation<'gc>, network: &Network<'gc>, id: u32) {
    let to = (id * 31 + 17) % PEOPLE;
    if let Some(way) = network.way(mc, id, to) {
        assert_eq!((way[0], way[way.len() - 1]), (id, to));
        for pair in way.windows(2) {
            let befriended = |a: u32, b: u32| chosen(a).contains(&b) || passing(a) == b;
            assert!(befriended(pair[0], pair[1]) || befriended(pair[1], pair[0]), "they are friends");
        }
    }
}

/// The friendships that are left when all threads are done, each once.
fn expected() -> BTreeSet<(u32, u32)> {
    let stay = (0..PEOPLE).filter(|id| !leaves(*id));
    let pairs = stay.flat_map(|id| chosen(id).map(|friend| (id.min(friend), id.max(friend))));
    pairs.filter(|(one, other)| one != other && !leaves(*one) && !leaves(*other)).collect()
}

/// The friendships that there are. Each has to be known on both sides.
fn friendships<'gc>(mc: &Mutation<'gc>, network: &Network<'gc>) -> BTreeSet<(u32, u32)> {
    let people = (0..PEOPLE).filter_map(|id| network.find(mc, id));
    let mut sides: Vec<(u32, u32)> = people
        .flat_map(|person| person.friends(mc).into_iter().map(move |friend| (person.id, friend.id)))
        .collect();
    sides.sort_unstable();
    let is_mutual = |&(one, other): &(u32, u32)| sides.binary_search(&(other, one)).is_ok();
    assert!(sides.iter().all(is_mutual));
    sides.iter().copied().filter(|(one, other)| one < other).collect()
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut out = io::stdout().lock();
    // So small a heap that cycles run all the time.
    let heap = Heap::builder().min_heap_bytes(128 << 10).build();
    let network: Root<Network<'static>> = heap.mutate(|mc| Root::new(mc, Network::new(mc)));
    {
        let (heap, network) = (&heap, &network);
        let share = PEOPLE / THREADS;
        thread::scope(|scope| {
            for thread in 0..THREADS {
                let own = thread * share..(thread + 1) * share;
                scope.spawn(move || for_each(heap, network, own, befriend));
            }
        });
        heap.mutate(|mc| {
            let network = network.get(mc);
            writeln!(out, "{} people, {} friendships", network.len(mc), friendships(mc, &network).len())
        })?;

        // Half of the threads change the network, and half ask.
        thread::scope(|scope| {
            for thread in 0..THREADS / 2 {
                let own = thread * 2 * share..(thread + 1) * 2 * share;
                let asked = own.start..own.start + share / 10;
                scope.spawn(move || {
                    for_each(heap, network, own.clone(), part);
                    let own = own.filter(|id| leaves(*id));
                    for_each(heap, network, own, |mc, network, id| network.leave(mc, id));
                });
                scope.spawn(move || for_each(heap, network, asked, ask));
            }
        });
    }

    let (people, way) = heap.mutate(|mc| {
        let network = network.get(mc);
        let friendships = friendships(mc, &network);
        assert_eq!(friendships, expected());
        writeln!(out, "{} people, {} friendships at the end", network.len(mc), friendships.len())?;
        Ok::<_, io::Error>((network.len(mc) as u64, network.way(mc, 0, PEOPLE / 2)))
    })?;
    writeln!(out, "From one to another: {:?}", way.expect("all are connected"))?;
    let live = heap.collect()?.live_objects;
    writeln!(out, "Objects beside the people: {}", live - people)?;
    Ok(())
}
