//! Objects that have their edges in different places, in lists and in slices: what marking does fast for many objects of one
//! class, or of one page, holds for any others.

use std::any::Any;

use gc::{Gc, Heap, Mutation, Rebrand, Root, Trace};
use tests::canary::Ledger;
use tests::programs::random::Random;
use tests::rounds;

fn heap(workers: usize) -> Heap {
    tests::on_request().mark_threads(workers).build()
}

/// Makes so many types that those of objects made later have no short numbers, in builds in which there are few of these.
fn make_many_types(heap: &Heap) {
    let kinds = tests::kinds::all();
    let ledger = Ledger::new(kinds.len());
    heap.mutate(|mc| (0..).zip(&kinds).for_each(|(id, make)| _ = make(mc, id, &ledger)));
}

/// How many workers mark, and whether there are many types.
const RUNS: [(usize, bool); 3] = [(1, false), (2, false), (1, true)];

/// Links of which each kind has its edges elsewhere. Numbers are no edges, whatever reads them.
#[derive(Clone, Copy)]
enum Next<'gc> {
    First(Gc<'gc, First<'gc>>),
    Second(Gc<'gc, Second<'gc>>),
    Third(Gc<'gc, Third<'gc>>),
    Fourth(Gc<'gc, Fourth<'gc>>),
}

#[derive(Trace)]
struct First<'gc> {
    to: Edges<'gc>,
    numbers: [usize; 4],
}

#[derive(Trace)]
struct Second<'gc> {
    numbers: [usize; 4],
    to: Edges<'gc>,
}

impl<'gc> Next<'gc> {
    /// A number in the middle of the link.
    fn number(self) -> Gc<'gc, usize> {
        match self {
            Self::First(link) => Gc::project(link, |link| &link.numbers[2]),
            Self::Second(link) => Gc::project(link, |link| &link.numbers[2]),
            Self::Third(link) => Gc::project(link, |link| &link.numbers[2]),
            Self::Fourth(link) => Gc::project(link, |link| &link.numbers[2]),
        }
    }
}

/// With a tail.
#[derive(Trace)]
struct Third<'gc> {
    numbers: [usize; 4],
    to: Vec<Edges<'gc>>,
    number: usize,
}

/// With edges beyond the first 64 words.
#[derive(Trace)]
struct Fourth<'gc> {
    numbers: [usize; 80],
    to: Edges<'gc>,
}

#[derive(Trace, Clone, Copy, Default)]
struct Edges<'gc> {
    first: Option<Gc<'gc, First<'gc>>>,
    second: Option<Gc<'gc, Second<'gc>>>,
    third: Option<Gc<'gc, Third<'gc>>>,
    fourth: Option<Gc<'gc, Fourth<'gc>>>,
}

impl<'gc> Edges<'gc> {
    fn to(next: Option<Next<'gc>>) -> Self {
        let mut edges = Self::default();
        match next {
            None => {}
            Some(Next::First(first)) => edges.first = Some(first),
            Some(Next::Second(second)) => edges.second = Some(second),
            Some(Next::Third(third)) => edges.third = Some(third),
            Some(Next::Fourth(fourth)) => edges.fourth = Some(fourth),
        }
        edges
    }
}

/// A link of one of four kinds.
fn link<'gc>(mc: &Mutation<'gc>, kind: usize, n: usize, to: Edges<'gc>) -> Next<'gc> {
    match kind {
        0 => Next::First(Gc::new(mc, First { to, numbers: [n; 4] })),
        1 => Next::Second(Gc::new(mc, Second { to, numbers: [n; 4] })),
        2 => Next::Third(Gc::new(mc, Third { numbers: [n; 4], to: vec![to], number: n })),
        _ => Next::Fourth(Gc::new(mc, Fourth { to, numbers: [n; 80] })),
    }
}

#[test]
fn a_list_may_change_its_class_at_any_link() {
    /// So many links of each kind in turn: the last ones of the list first.
    const LENGTHS: [[usize; 4]; 6] =
        [[1, 1, 0, 0], [1, 0, 1, 0], [0, 1, 0, 1], [3, 2, 1, 1], [100, 1, 1, 100], [1, 1, 1, 1]];
    for (workers, many_types) in RUNS {
        let heap = heap(workers);
        if many_types {
            make_many_types(&heap);
        }
        for (of_each, turns) in LENGTHS.into_iter().flat_map(|runs| [(runs, 1), (runs, rounds(400))]) {
            let root: Root<First<'static>> = heap.mutate(|mc| {
                let mut last = None;
                for kind in (0..turns).flat_map(|_| 0..4) {
                    for n in 0..of_each[kind] {
                        let to = Edges::to(last);
                        last = Some(link(mc, kind, n, to));
                    }
                }
                mc.root(Gc::new(mc, First { to: Edges::to(last), numbers: [0; 4] }))
            });
            let links = turns * of_each.iter().sum::<usize>() + 1;
            let live = heap.collect().unwrap().live_objects;
            assert_eq!(live, links as u64, "{turns} times {of_each:?}, {workers} workers, {many_types}");
            heap.verify();
            drop(root);
        }
        assert_eq!(heap.collect().unwrap().live_objects, 0);
    }
}

/// As they were made, from the last to the first, each twice, some before all, or in any order and some twice.
fn arranged<T: Copy>(random: &mut Random, mut elements: Vec<T>) -> Vec<T> {
    match random.index(5) {
        0 => {}
        1 => elements.reverse(),
        2 => elements = elements.into_iter().flat_map(|element| [element; 2]).collect(),
        3 => elements = elements.iter().step_by(3).chain(&elements).copied().collect(),
        _ => {
            for at in (1..elements.len()).rev() {
                elements.swap(at, random.index(at + 1));
            }
            let again = elements[..elements.len() / 8].to_vec();
            elements.splice(elements.len() / 3..elements.len() / 3, again);
        }
    }
    elements
}

/// So many objects are alive, whose bytes the cycle counts as the heap does.
#[track_caller]
fn assert_live(heap: &Heap, objects: usize, what: &str) {
    let cycle = heap.collect().unwrap();
    assert_eq!((cycle.live_objects, cycle.live_bytes), (objects as u64, heap.stats().bytes()), "{what}");
    heap.verify();
}

/// Roots a slice with elements made of links, and says how many links these lead to.
type Slice = for<'gc> fn(&Mutation<'gc>, &mut Random, &[Next<'gc>]) -> (Box<dyn Any>, usize);

/// Roots a slice; the type is forgotten.
fn rooted<'gc, T>(mc: &Mutation<'gc>, random: &mut Random, elements: Vec<T>) -> Box<dyn Any>
where
    T: Trace<'gc> + Copy + Rebrand<At<'gc> = T>,
{
    let root: Root<[T::Static]> = mc.root(Gc::from_slice(mc, &arranged(random, elements)));
    Box::new(root)
}

/// Each element leads to a link, and that to another one, which nothing else keeps.
#[test]
fn objects_behind_a_slice_are_scanned_whatever_they_are() {
    let slices: [(&str, Slice); 4] = [
        ("one of four words", |mc, random, links| {
            let elements = links.iter().map(|&link| Edges::to(Some(link)));
            (rooted(mc, random, elements.collect()), links.len())
        }),
        ("beside a number", |mc, random, links| {
            let elements = links.iter().map(|&link| (7_usize, Edges::to(Some(link))));
            (rooted(mc, random, elements.collect()), links.len())
        }),
        ("words, of which many are null", |mc, random, links| {
            let elements: Vec<_> = links.iter().map(|&link| Edges::to(Some(link)).first).collect();
            let n = elements.iter().flatten().count();
            (rooted(mc, random, elements), n)
        }),
        ("into the middle", |mc, random, links| {
            (rooted(mc, random, links.iter().map(|link| link.number()).collect()), links.len())
        }),
    ];
    let kinds: [&[usize]; 6] = [&[0], &[1], &[2], &[3], &[0, 1], &[0, 1, 2, 3]];
    for (workers, many_types) in RUNS {
        let (heap, mut random) = (heap(workers), Random::new(7));
        if many_types {
            make_many_types(&heap);
        }
        for (kinds, n) in
            kinds.into_iter().flat_map(|kinds| [1, 31, 32, 33, 64, 511, 513, 1600].map(|n| (kinds, n)))
        {
            for (name, slice) in slices {
                let (root, found) = heap.mutate(|mc| {
                    let mut some_link = |to| link(mc, kinds[random.index(kinds.len())], n, to);
                    let mut links = Vec::new();
                    for _ in 0..n {
                        let behind = some_link(Edges::default());
                        links.push(some_link(Edges::to(Some(behind))));
                    }
                    slice(mc, &mut random, &links)
                });
                let what = format!("{name}: {n} of {kinds:?}, {workers} workers, {many_types}");
                assert_live(&heap, 1 + 2 * found, &what);
                drop(root);
            }
        }
        assert_eq!(heap.collect().unwrap().live_objects, 0);
    }
}

/// So small that a page has the slots of several mark words.
#[derive(Trace)]
struct Small<'gc> {
    next: Option<Gc<'gc, Small<'gc>>>,
    _number: usize,
}

#[test]
fn what_a_slice_leads_to_in_one_page_is_told_apart() {
    let mut random = Random::new(11);
    for (workers, many_types) in RUNS {
        let heap = heap(workers);
        if many_types {
            make_many_types(&heap);
        }
        for n in [1, 33, 60, 64, 128, 300, 5000, 5000, 5000, 5000] {
            let root: Root<[Gc<'static, Small<'static>>]> = heap.mutate(|mc| {
                let small = |next, _number| Gc::new(mc, Small { next, _number });
                let all: Vec<_> = (0..2 * n).map(|number| small(Some(small(None, number)), number)).collect();
                let half = all.into_iter().step_by(2).collect();
                mc.root(Gc::from_slice(mc, &arranged(&mut random, half)))
            });
            assert_live(&heap, 1 + 2 * n, &format!("{n} of {}, {workers} workers, {many_types}", 2 * n));
            drop(root);
        }
    }
}
