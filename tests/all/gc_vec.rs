//! Growable arrays whose memory is an object: they do what a `Vec` does, keep what is in use, and nothing else.

use std::mem::needs_drop;
use std::sync::Arc;

use gc::{Gc, GcCell, GcOnce, GcRefCell, GcRwLock, GcVec, Heap, Mutation, Root, Trace};
use tests::canary::{Canary, Ledger};
use tests::programs::random::Random;
use tests::{panic_of, rounds};

#[path = "../../gc/examples/stack_machine/machine.rs"]
mod machine;

fn heap() -> Heap {
    tests::on_request().build()
}

type Canaries<'gc> = GcVec<'gc, Gc<'gc, Canary>>;

fn ids(canaries: &Canaries<'_>) -> Vec<usize> {
    canaries.iter().map(|canary| canary.id()).collect()
}

/// An index of so many values.
fn at(random: &mut Random, len: usize) -> usize {
    usize::from(random.pick()) % len
}

/// One random operation, on the vector and on the model.
fn step<'gc>(
    mc: &Mutation<'gc>,
    random: &mut Random,
    ledger: &Arc<Ledger>,
    vec: &mut Canaries<'gc>,
    model: &mut Vec<usize>,
) {
    let make = || (ledger.made(), Gc::new(mc, ledger.canary()));
    match random.below(16) {
        0..=4 => {
            let (id, canary) = make();
            vec.push(mc, canary);
            model.push(id);
        }
        5 | 6 => assert_eq!(vec.pop().map(|canary| canary.id()), model.pop()),
        7 => {
            let (index, (id, canary)) = (at(random, model.len() + 1), make());
            vec.insert(mc, index, canary);
            model.insert(index, id);
        }
        8 if !model.is_empty() => {
            let index = at(random, model.len());
            assert_eq!(vec.remove(index).id(), model.remove(index));
        }
        9 if !model.is_empty() => {
            let index = at(random, model.len());
            assert_eq!(vec.swap_remove(index).id(), model.swap_remove(index));
        }
        10 => {
            let few = usize::from(random.small(20));
            let (new_ids, new): (Vec<_>, Vec<_>) = (0..few).map(|_| make()).unzip();
            if random.one_in(2) {
                vec.extend(mc, new);
            } else {
                vec.extend_from_slice(mc, &new);
            }
            model.extend(new_ids);
        }
        11 => {
            let index = at(random, model.len() + 5);
            vec.truncate(index);
            model.truncate(index);
        }
        12 => {
            let odd = usize::from(random.one_in(2));
            vec.retain(|canary| canary.id() % 3 != odd);
            model.retain(|id| id % 3 != odd);
        }
        13 => vec.shrink_to_fit(mc),
        14 => {
            let (more, room) = (usize::from(random.small(50)), vec.capacity());
            vec.reserve(mc, more);
            assert!(vec.capacity() >= vec.len() + more && vec.capacity() >= room);
        }
        _ if random.one_in(4) => {
            vec.clear();
            model.clear();
        }
        _ => {
            vec.reverse();
            model.reverse();
        }
    }
    assert!(vec.capacity() >= vec.len());
    assert_eq!(ids(vec), *model);
}

#[test]
fn it_does_what_a_vec_does_and_keeps_what_is_in_use() {
    let (heap, ledger) = (heap(), Ledger::new(200_000));
    let root: Root<GcRefCell<Canaries<'static>>> =
        heap.mutate(|mc| Root::new(mc, Gc::new(mc, GcRefCell::default())));
    let (mut random, mut model) = (Random::new(1), Vec::new());
    for round in 0..rounds(5000) {
        heap.mutate(|mc| {
            let vec = &mut *root.get(mc).borrow_mut(mc);
            for _ in 0..4 {
                step(mc, &mut random, &ledger, vec, &mut model);
            }
        });
        if round % 10 == 0 {
            let live = heap.collect().unwrap().live_objects;
            assert_eq!(ledger.alive(), model.len());
            let memory = heap.mutate(|mc| u64::from(root.get(mc).borrow(mc).capacity() != 0));
            assert_eq!(live, 1 + memory + model.len() as u64);
            heap.verify();
        }
    }
    assert_eq!(heap.stats().owned_bytes, 0);
    drop(root);
    heap.collect().unwrap();
    ledger.assert_all_dropped();
    assert_eq!(heap.stats().objects(), 0);
}

/// What was popped is in the memory still, and keeps nothing.
#[test]
fn what_is_beyond_the_length_is_not_kept() {
    let (heap, ledger) = (heap(), Ledger::new(1000));
    let root: Root<GcRwLock<Canaries<'static>>> = heap.mutate(|mc| {
        let mut stack = GcVec::with_capacity(mc, 1000);
        stack.extend(mc, (0..1000).map(|_| Gc::new(mc, ledger.canary())));
        mc.root(Gc::new(mc, GcRwLock::new(stack)))
    });
    for len in [1000, 999, 600, 7, 0] {
        heap.mutate(|mc| root.get(mc).write(mc).truncate(len));
        heap.collect().unwrap();
        assert_eq!(ledger.alive(), len);
        assert!(heap.mutate(|mc| root.get(mc).read(mc).capacity() >= 1000));
    }
}

/// Of every size and alignment: in bounds of the memory, of which no more is lost than an eighth.
#[test]
fn elements_of_every_alignment() {
    macro_rules! of_alignment {
        ($($align:literal)*) => {$({
            #[derive(Trace, Clone, Copy, PartialEq, Debug)]
            #[repr(C, align($align))]
            struct Element<'gc>(Gc<'gc, u64>, u8);
            let heap = heap();
            let roots: Vec<Root<GcVec<'static, Element<'static>>>> = heap.mutate(|mc| {
                let vecs = (0..40).map(|len: u8| {
                    let element = |n: u8| Element(Gc::new(mc, u64::from(n)), len);
                    let vec = if len % 2 == 0 {
                        GcVec::from_iter(mc, (0..len).map(element))
                    } else {
                        let mut vec = GcVec::with_capacity(mc, usize::from(len));
                        (0..len).for_each(|n| vec.try_push(mc, element(n)).unwrap());
                        vec
                    };
                    mc.root(Gc::new(mc, vec))
                });
                vecs.collect()
            });
            heap.collect().unwrap();
            heap.verify();
            heap.mutate(|mc| {
                let mut places = Vec::new();
                for (root, len) in roots.iter().zip(0..) {
                    let vec = root.get(mc);
                    assert_eq!(vec.as_ptr().addr() % $align, 0);
                    assert!(vec.iter().zip(0..len).all(|(element, n)| *element.0 == n && u64::from(element.1) == len));
                    assert_eq!(vec.len() as u64, len);
                    if vec.capacity() != 0 {
                        places.push((vec.as_ptr().addr(), vec.capacity() * size_of::<Element<'_>>()));
                    }
                }
                places.sort_unstable();
                assert!(places.windows(2).all(|pair| pair[0].0 + pair[0].1 <= pair[1].0), "alignment {}", $align);
            });
        })*};
    }
    of_alignment!(8 16 32 64 128);
    of_alignment!(256 512 1024 2048 4096);
}

#[test]
fn elements_without_size_need_no_memory() {
    let heap = heap();
    let root: Root<GcRefCell<GcVec<'static, ()>>> =
        heap.mutate(|mc| Root::new(mc, Gc::new(mc, GcRefCell::default())));
    heap.mutate(|mc| {
        let vec = &mut *root.get(mc).borrow_mut(mc);
        vec.extend(mc, [(); 1000]);
        assert!(vec.try_reserve(mc, usize::MAX - 1000).is_ok());
        assert!(vec.try_reserve(mc, usize::MAX - 999).is_err(), "more than can be counted");
        assert!(vec.pop().is_some() && vec.len() == 999);
        vec.shrink_to_fit(mc);
        assert_eq!((vec.len(), vec.capacity()), (999, usize::MAX));
    });
    assert_eq!(heap.collect().unwrap().live_objects, 1);
}

/// Memory is taken by doubling, is all used, and is given back.
#[test]
fn how_memory_grows() {
    let heap = heap();
    let root: Root<GcRefCell<GcVec<'static, u64>>> =
        heap.mutate(|mc| Root::new(mc, Gc::new(mc, GcRefCell::default())));
    let mut rooms = Vec::new();
    heap.mutate(|mc| {
        let vec = &mut *root.get(mc).borrow_mut(mc);
        for n in 0..100_000 {
            vec.push(mc, n);
            if rooms.last() != Some(&vec.capacity()) {
                rooms.push(vec.capacity());
            }
        }
        assert!(vec.iter().copied().eq(0..100_000));
    });
    assert_eq!(rooms[0], 4);
    assert!(rooms.windows(2).all(|pair| pair[1] >= 2 * pair[0] && pair[1] < 3 * pair[0]), "{rooms:?}");
    assert_eq!(heap.collect().unwrap().live_objects, 2);
    let before = heap.stats().bytes_in_use;
    assert!(before >= 800_000);
    heap.mutate(|mc| {
        let vec = &mut *root.get(mc).borrow_mut(mc);
        vec.truncate(1000);
        vec.shrink_to_fit(mc);
        assert!((1000..1200).contains(&vec.capacity()));
        assert!(vec.iter().copied().eq(0..1000));
    });
    heap.collect().unwrap();
    let after = heap.stats().bytes_in_use;
    assert!(after < 20_000, "{after}");
    heap.mutate(|mc| {
        let vec = &mut *root.get(mc).borrow_mut(mc);
        vec.clear();
        vec.shrink_to_fit(mc);
        assert_eq!(vec.capacity(), 0);
    });
    assert_eq!(heap.collect().unwrap().live_objects, 1);
}

/// Where twice as much has no room, what is needed may have.
#[test]
fn at_the_limit_it_is_as_it_was() {
    let heap = tests::on_request().limit_bytes(1 << 20).build();
    heap.mutate(|mc| {
        let mut vec = GcVec::new();
        let error = (0_u64..).find_map(|n| vec.try_push(mc, n).err()).unwrap();
        assert!(error.is_limit());
        let (len, room) = (vec.len(), vec.capacity());
        assert!(len > 10_000 && vec.iter().copied().eq(0..len as u64));
        assert!(vec.try_reserve(mc, usize::MAX).is_err() && vec.try_reserve(mc, 1 << 40).is_err());
        let text = panic_of(|| vec.push(mc, 0));
        assert!(text.contains("GcVec::push") && text.contains("GcVec::try_push"), "{text}");
        let text = panic_of(|| vec.extend(mc, 0..));
        assert!(text.contains("GcVec::push"), "{text}");
        let text = panic_of(|| GcVec::<u64>::with_capacity(mc, 1 << 20));
        assert!(text.contains("GcVec::with_capacity"), "{text}");
        assert_eq!((vec.len(), vec.capacity()), (len, room));
        assert!(vec.iter().copied().eq(0..len as u64));
    });
    let heap = tests::on_request().limit_bytes(1 << 20).build();
    heap.mutate(|mc| {
        let mut vec = GcVec::<u64>::with_capacity(mc, 50_000);
        vec.extend(mc, 0..vec.capacity() as u64);
        vec.push(mc, 7);
        assert!(vec.capacity() < 100_000 && vec.last() == Some(&7));
    });
}

#[test]
fn a_panic_in_the_programs_code_loses_nothing() {
    let (heap, ledger) = (heap(), Ledger::new(100));
    heap.mutate(|mc| {
        let mut vec = GcVec::from_iter(mc, (0..10).map(|_| Gc::new(mc, ledger.canary())));
        assert_eq!(
            panic_of(|| vec.retain(|canary| if canary.id() < 7 {
                canary.id() % 2 == 1
            } else {
                panic!("retain")
            })),
            "retain"
        );
        let mut all = ids(&vec);
        all.sort_unstable();
        assert!(all.into_iter().eq(0..10));
        let items = (0..10).map(|n| if n < 5 { Gc::new(mc, ledger.canary()) } else { panic!("an item") });
        assert_eq!(panic_of(|| vec.extend(mc, items)), "an item");
        assert_eq!(vec.len(), 15);

        #[derive(Trace, Debug, PartialEq)]
        struct Clones(u64);
        impl Clone for Clones {
            fn clone(&self) -> Self {
                if self.0 < 3 { Self(self.0) } else { panic!("a clone") }
            }
        }
        let mut vec = GcVec::new();
        assert_eq!(panic_of(|| vec.extend_from_slice(mc, &[1, 2, 3, 4].map(Clones))), "a clone");
        assert_eq!(vec, [1, 2].map(Clones));
        for text in [panic_of(|| vec.remove(2)), panic_of(|| vec.swap_remove(2))] {
            assert!(text.contains("the index is 2 and the length 2"), "{text}");
        }
        assert!(panic_of(|| vec.insert(mc, 3, Clones(0))).contains("GcVec::insert: the index is 3"));
        assert_eq!(vec, [1, 2].map(Clones));
    });
}

/// Values that own vectors, which own vectors: as deep as the program makes them.
#[test]
fn vectors_in_vectors() {
    #[derive(Trace)]
    enum Tree<'gc> {
        Leaf(Gc<'gc, Canary>),
        Node(GcVec<'gc, Tree<'gc>>),
    }
    let (heap, ledger) = (heap(), Ledger::new(2000));
    let depth = 100_000;
    let root: Root<GcRefCell<Tree<'static>>> = heap.mutate(|mc| {
        let leaf = || Tree::Leaf(Gc::new(mc, ledger.canary()));
        let mut tree = leaf();
        for level in 0..depth {
            tree = Tree::Node(GcVec::from_iter(
                mc,
                [Some(tree), (level % 100 == 1).then(leaf)].into_iter().flatten(),
            ));
        }
        mc.root(Gc::new(mc, GcRefCell::new(tree)))
    });
    let leaves = depth / 100 + 1;
    for _ in 0..2 {
        assert_eq!(heap.collect().unwrap().live_objects, (1 + depth + leaves) as u64);
        assert_eq!(ledger.alive(), leaves);
    }
    // A part that is taken out takes its vectors along.
    heap.mutate(|mc| {
        let mut tree = root.get(mc).borrow_mut(mc);
        let mut part = std::mem::replace(&mut *tree, Tree::Node(GcVec::new()));
        for _ in 0..depth / 2 {
            let Tree::Node(mut parts) = part else { unreachable!("it is deeper") };
            part = parts.swap_remove(0);
        }
        *tree = part;
    });
    heap.collect().unwrap();
    heap.verify();
    assert_eq!(ledger.alive(), leaves / 2 + 1);
}

/// Values that hold cells, and vectors that never change.
#[test]
fn cells_in_vectors() {
    let (heap, ledger) = (heap(), Ledger::new(1000));
    type Slots<'gc> = GcVec<'gc, (GcCell<Option<Gc<'gc, Canary>>>, GcRefCell<Canaries<'gc>>)>;
    let root: Root<GcOnce<Slots<'static>>> = heap.mutate(|mc| Root::new(mc, Gc::new(mc, GcOnce::new())));
    heap.mutate(|mc| {
        let canary = || Gc::new(mc, ledger.canary());
        let slot = |_| (GcCell::new(Some(canary())), GcRefCell::new(GcVec::from_iter(mc, [canary()])));
        assert!(root.get(mc).set(mc, GcVec::from_iter(mc, (0..10).map(slot))).is_ok());
    });
    for n in 1..rounds(500) {
        heap.mutate(|mc| {
            let slots = root.get(mc);
            let slots = slots.get().unwrap();
            // A pointer goes from slot to slot, through a vector of the slot.
            let (from, to) = (&slots[n % 10], &slots[n * 7 % 10]);
            let canary = from.0.get().unwrap();
            from.1.borrow_mut(mc).push(mc, canary);
            from.0.set(mc, Some(from.1.borrow_mut(mc).swap_remove(0)));
            let mut there = to.1.borrow_mut(mc);
            let last = there.len() - 1;
            there[last] = to.0.replace(mc, Some(there[last])).unwrap();
        });
        if n % 50 == 0 {
            assert_eq!(heap.collect().unwrap().live_objects, 1 + 1 + 10 + 20);
            ledger.assert_all_alive();
        }
    }
}

/// Between mutations, in which cycles may mark, vectors are taken out of their cells, grow, and are put into others.
#[test]
fn vectors_that_wander() {
    let (heap, ledger) = (heap(), Ledger::new(200_000));
    /// So many that a cycle marks them in several steps.
    const PLACES: usize = 150;
    #[derive(Trace)]
    struct Place<'gc> {
        vec: GcRefCell<Canaries<'gc>>,
        locked: GcRwLock<Vec<Canaries<'gc>>>,
    }
    let places: Vec<Root<Place<'static>>> = heap.mutate(|mc| {
        let place = |_| Place { vec: GcRefCell::default(), locked: GcRwLock::new(vec![GcVec::new()]) };
        (0..PLACES).map(|at| mc.root(Gc::new(mc, place(at)))).collect()
    });
    let mut models: Vec<[Vec<usize>; 2]> = (0..PLACES).map(|_| [Vec::new(), Vec::new()]).collect();
    let mut random = Random::new(3);
    for round in 0..rounds(20_000) {
        heap.mutate(|mc| {
            for _ in 0..4 {
                let [a, b] = [(); 2].map(|()| usize::from(random.pick()) % PLACES);
                let (from, to) = (places[a].get(mc), places[b].get(mc));
                // In a variable it belongs to no object.
                let (mut vec, mut model) = (from.vec.take(mc), std::mem::take(&mut models[a][0]));
                step(mc, &mut random, &ledger, &mut vec, &mut model);
                match random.below(4) {
                    0 => {
                        std::mem::swap(&mut to.locked.write(mc)[0], &mut vec);
                        std::mem::swap(&mut models[b][1], &mut model);
                    }
                    1 => {
                        vec = to.vec.replace(mc, vec);
                        std::mem::swap(&mut models[b][0], &mut model);
                    }
                    2 => {
                        // A new object of this mutation, which is not looked at by a cycle that marks.
                        let new = Gc::new(mc, GcRefCell::new(vec));
                        vec = new.take(mc);
                    }
                    _ => {}
                }
                let (before, known) =
                    (from.vec.replace(mc, vec), std::mem::replace(&mut models[a][0], model));
                assert_eq!(ids(&before), known);
                // Two became one, or else the other would be lost.
                models[a][0].extend(&known);
                let mut vec = from.vec.borrow_mut(mc);
                vec.extend_from_slice(mc, &before);
            }
        });
        if round % 1000 == 999 {
            heap.collect().unwrap();
            heap.verify();
            assert_eq!(ledger.alive(), models.iter().flatten().map(Vec::len).sum::<usize>());
        }
    }
    heap.mutate(|mc| {
        for (place, model) in places.iter().zip(&models) {
            assert_eq!(ids(&place.get(mc).vec.borrow(mc)), model[0]);
            assert_eq!(ids(&place.get(mc).locked.read(mc)[0]), model[1]);
        }
    });
}

#[test]
fn it_is_three_words_without_drop_glue() {
    assert_eq!(size_of::<GcVec<'static, u8>>(), 24);
    assert_eq!(size_of::<Option<Canaries<'static>>>(), 24);
    assert!(!needs_drop::<Canaries<'static>>() && !needs_drop::<GcRefCell<Canaries<'static>>>());
}

#[test]
fn it_behaves_as_a_slice() {
    heap().mutate(|mc| {
        let mut vec = GcVec::from_iter(mc, [3, 1, 2]);
        vec.sort_unstable();
        assert_eq!(vec, [1, 2, 3]);
        assert!(vec == *[1, 2, 3].as_slice() && vec == [1, 2, 3].as_slice() && vec != [1, 2]);
        assert!(vec == GcVec::from_iter(mc, 1..=3) && vec != GcVec::new());
        assert_eq!(format!("{vec:?}"), "[1, 2, 3]");
        for n in &mut vec {
            *n *= 2;
        }
        assert_eq!((&vec).into_iter().sum::<i32>(), 12);
        assert_eq!(vec.binary_search(&4), Ok(1));
        vec.as_mut()[0] = 7;
        assert_eq!(vec.as_ref().first(), Some(&7));
    });
}

#[test]
fn an_interpreter_that_collects_in_the_middle_of_a_recursion() {
    let (collections, live) = machine::count();
    assert!(collections > 50);
    // The machine, the memory of its two stacks, and the list that is the result.
    assert_eq!(live, 3 + u64::try_from(machine::DEPTH).unwrap());
}
