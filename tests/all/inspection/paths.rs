//! Paths to an object: shortest, exact, and in words.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};

use gc::{
    Ephemeron, Gc, GcCell, GcRefCell, GcRwLock, GcVec, Heap, InspectError, Keeper, Mutation, Root, Trace,
    WeakMap, WeakRoot, assert_unreachable,
};

use super::heap;

type Text<'gc> = Gc<'gc, String>;

/// The path to the string, without what keeps the first object.
#[track_caller]
fn words(heap: &Heap, weak: &WeakRoot<String>) -> String {
    let path = heap.retaining_path(weak).unwrap().expect("there is a path").to_string();
    path.split_once(" -> ").expect("something keeps it").1.to_owned()
}

/// Makes an object that refers to the string, and gives the path.
#[track_caller]
fn path_in<T: gc::Rebrand>(
    make: impl for<'gc> FnOnce(&Mutation<'gc>, Text<'gc>) -> Gc<'gc, T::At<'gc>>,
) -> String {
    let heap = heap();
    let (_root, weak): (Root<T>, _) = heap.mutate(|mc| {
        let text = Gc::new(mc, String::from("the target"));
        (Root::new(mc, make(mc, text)), mc.weak_root(Gc::downgrade(text, mc)))
    });
    words(&heap, &weak)
}

#[derive(Trace)]
struct Inner<'gc> {
    text: Option<Text<'gc>>,
}

#[derive(Trace)]
struct Outer<'gc> {
    number: u64,
    r#type: GcCell<Option<Text<'gc>>>,
    inner: (u8, Inner<'gc>),
    list: GcRefCell<Vec<Inner<'gc>>>,
    deep: Option<Box<Outer<'gc>>>,
    by_name: GcRwLock<BTreeMap<u64, Text<'gc>>>,
    by_text: HashMap<Text<'gc>, u64>,
    grown: GcVec<'gc, Text<'gc>>,
    fixed: [Option<Text<'gc>>; 3],
    choice: Choice<'gc>,
}

#[derive(Trace)]
enum Choice<'gc> {
    Nothing,
    One(Text<'gc>),
    Named { text: Text<'gc> },
}

#[derive(Trace)]
#[repr(C)]
enum Laid<'gc> {
    Number(u64),
    Text { number: u32, text: Text<'gc> },
}

fn empty<'gc>() -> Outer<'gc> {
    Outer {
        number: 0,
        r#type: GcCell::new(None),
        inner: (0, Inner { text: None }),
        list: GcRefCell::default(),
        deep: None,
        by_name: GcRwLock::default(),
        by_text: HashMap::new(),
        grown: GcVec::new(),
        fixed: [None; 3],
        choice: Choice::Nothing,
    }
}

#[test]
fn every_part_has_a_name() {
    let path = |change: for<'gc> fn(&Mutation<'gc>, &mut Outer<'gc>, Text<'gc>)| {
        path_in::<Outer<'static>>(|mc, text| {
            let mut outer = empty();
            assert_eq!(outer.number, 0);
            change(mc, &mut outer, text);
            Gc::new(mc, outer)
        })
    };
    assert_eq!(path(|_, outer, text| outer.r#type = GcCell::new(Some(text))), "Outer.type -> String");
    assert_eq!(path(|_, outer, text| outer.inner.1.text = Some(text)), "Outer.inner.1.text -> String");
    let list = path(|_, outer, text| {
        outer.list = GcRefCell::new(vec![Inner { text: None }, Inner { text: Some(text) }]);
    });
    assert_eq!(list, "Outer.list[1].text -> String");
    let deep = path(|_, outer, text| {
        outer.deep = Some(Box::new(Outer { fixed: [None, None, Some(text)], ..empty() }));
    });
    assert_eq!(deep, "Outer.deep.fixed[2] -> String");
    let by_name = path(|_, outer, text| outer.by_name = GcRwLock::new(BTreeMap::from([(7, text)])));
    assert_eq!(by_name, "Outer.by_name[value] -> String");
    let by_text = path(|_, outer, text| outer.by_text = HashMap::from([(text, 7)]));
    assert_eq!(by_text, "Outer.by_text[key] -> String");
    let grown = path(|mc, outer, text| {
        outer.grown.push(mc, text);
    });
    assert_eq!(grown, "Outer.grown[0] -> String");
    assert_eq!(path(|_, outer, text| outer.choice = Choice::One(text)), "Outer.choice::One.0 -> String");
    let named = path(|_, outer, text| outer.choice = Choice::Named { text });
    assert_eq!(named, "Outer.choice::Named.text -> String");
}

#[test]
fn objects_of_all_forms() {
    let laid = path_in::<Laid<'static>>(|mc, text| {
        assert!(matches!(*Gc::new(mc, Laid::Number(7)), Laid::Number(7)));
        let laid = Gc::new(mc, Laid::Text { number: 1, text });
        assert!(matches!(*laid, Laid::Text { number: 1, .. }));
        laid
    });
    assert_eq!(laid, "Laid::Text.text -> String");
    let heap = heap();
    let (_roots, [one, two, three]) = heap.mutate(|mc| {
        let texts = [1, 2, 3].map(|n| Gc::new(mc, "x".repeat(n)));
        let slice = Gc::from_slice(mc, &[None, Some(texts[0])]);
        let cells = GcRefCell::from_fn(mc, 3, |at| [texts[1]][..usize::from(at == 2)].to_vec());
        let weak = texts.map(|text| mc.weak_root(Gc::downgrade(text, mc)));
        ((mc.root(slice), mc.root(cells), mc.root(texts[2])), weak)
    });
    assert!(words(&heap, &one).ends_with("[1] -> String"), "{}", words(&heap, &one));
    assert!(words(&heap, &two).ends_with("[2][0] -> String"), "{}", words(&heap, &two));
    assert_eq!(words(&heap, &three), "String");
}

/// Without the option there are no names, but the objects.
#[test]
fn types_without_names() {
    let heap = Heap::new();
    let (_root, weak): (Root<Outer<'static>>, _) = heap.mutate(|mc| {
        let text = Gc::new(mc, String::new());
        let outer = Gc::new(mc, Outer { inner: (0, Inner { text: Some(text) }), ..empty() });
        (Root::new(mc, outer), mc.weak_root(Gc::downgrade(text, mc)))
    });
    assert_eq!(heap.retaining_path(&weak).unwrap().unwrap().to_string(), "Root -> Outer.. -> String");
}

/// Owned data that nests deeper than names go.
#[test]
fn a_way_through_a_long_chain_of_boxes() {
    #[derive(Trace)]
    struct Chain<'gc> {
        text: Option<Text<'gc>>,
        next: Option<Box<Chain<'gc>>>,
    }
    let chain = path_in::<GcRefCell<Chain<'static>>>(|mc, text| {
        let mut chain = Chain { text: Some(text), next: None };
        for _ in 0..3000 {
            chain = Chain { text: None, next: Some(Box::new(chain)) };
        }
        Gc::new(mc, GcRefCell::new(chain))
    });
    assert!(chain.contains(".next.next.next..") && chain.ends_with(".text -> String"), "{chain}");
}

#[test]
fn the_shortest_one_and_all_that_refer_to_it() {
    #[derive(Trace)]
    struct Node<'gc> {
        next: GcRefCell<Vec<Gc<'gc, Node<'gc>>>>,
    }
    fn link<'gc>(mc: &Mutation<'gc>, from: Gc<'gc, Node<'gc>>, to: Gc<'gc, Node<'gc>>) {
        from.next.borrow_mut(mc).push(to);
    }
    let heap = heap();
    let (roots, weak) = heap.mutate(|mc| {
        let [a, b, c, target, after] =
            std::array::from_fn(|_| Gc::new(mc, Node { next: GcRefCell::default() }));
        let link = |from, to| link(mc, from, to);
        link(a, b);
        link(b, target);
        link(a, c);
        link(c, target);
        link(a, target);
        link(a, target);
        link(target, after);
        link(after, target); // a cycle keeps nothing
        ((mc.root(a), mc.root(b)), mc.weak_root(Gc::downgrade(target, mc)))
    });
    let paths = heap.retaining_paths(&weak, 10).unwrap();
    let lengths: Vec<_> = paths.iter().map(|path| path.objects.len()).collect();
    assert_eq!(lengths, [2, 2, 3], "{paths:?}");
    assert_eq!(heap.retaining_paths(&weak, 2).unwrap(), paths[..2]);
    assert_eq!(heap.retaining_paths(&weak, 0).unwrap(), []);
    assert_eq!(heap.retaining_path(&weak).unwrap().as_ref(), paths.first());
    drop(roots);
    assert_eq!(heap.retaining_paths(&weak, 10).unwrap(), []);
    heap.collect().unwrap();
    assert_eq!(heap.retaining_path(&weak).unwrap(), None, "it is gone");
}

#[test]
fn ephemerons_need_their_keys() {
    let heap = heap();
    let ((map, key), weak) = heap.mutate(|mc| {
        let (key, value) = (Gc::new(mc, 1_u64), Gc::new(mc, String::from("value")));
        let ephemeron = Ephemeron::new(mc, key, value);
        ((mc.root(Gc::new(mc, (7, ephemeron))), mc.root(key)), mc.weak_root(Gc::downgrade(value, mc)))
    });
    let path = words(&heap, &weak);
    assert!(path.ends_with("[value] -> String"), "{path}");
    drop(key);
    assert_eq!(heap.retaining_path(&weak).unwrap(), None, "the key is dead");
    drop(map);

    // Its value keeps the key itself, and so does nothing.
    let (map, weak) = heap.mutate(|mc| {
        let map = Gc::new(mc, GcRefCell::new(WeakMap::new()));
        let key = Gc::new(mc, String::from("key"));
        map.borrow_mut(mc).insert(mc, key, key);
        (mc.root(map), mc.weak_root(Gc::downgrade(key, mc)))
    });
    assert_eq!(heap.retaining_path(&weak).unwrap(), None);
    drop(map);
}

#[test]
fn pins_and_finalizers_keep() {
    let heap = gc::Heap::builder().diagnose(true).run_by_hand(true).automatic(false).build();
    let here = line!() + 3;
    let (pin, weak) = heap.mutate(|mc| {
        let text = Gc::new(mc, String::new());
        (mc.pin(text), mc.weak_root(Gc::downgrade(text, mc)))
    });
    let Keeper::ByPin { made } = heap.retaining_path(&weak).unwrap().unwrap().keeper else { panic!("a pin") };
    assert_eq!(made.line(), here);
    drop(pin);
    assert_unreachable!(heap, weak);

    let weak = heap.mutate(|mc| {
        let text = Gc::new(mc, String::new());
        mc.set_finalizer(Gc::new(mc, Inner { text: Some(text) }), |_| ()).unwrap();
        mc.weak_root(Gc::downgrade(text, mc))
    });
    let path = heap.retaining_path(&weak).unwrap().unwrap();
    assert_eq!(path.to_string(), "Finalizer -> Inner.text -> String");
    heap.collect().unwrap();
    let path = heap.retaining_path(&weak).unwrap().unwrap();
    assert_eq!(path.to_string(), "Finalizer that is due -> Inner.text -> String");
    heap.run_pending().unwrap();
    assert_unreachable!(heap, &weak);
}

#[test]
fn a_failed_assertion_prints_the_path() {
    let heap = heap();
    let here = line!() + 1;
    let root = heap.mutate(|mc| mc.root(Gc::new(mc, Inner { text: Some(Gc::new(mc, String::new())) })));
    let weak = heap.mutate(|mc| mc.weak_root(Gc::downgrade(root.get(mc).text.unwrap(), mc)));
    let fails = || assert_unreachable!(heap, weak, "session {} leaks", 7);
    let panic = catch_unwind(AssertUnwindSafe(fails)).unwrap_err();
    let text = panic.downcast::<String>().unwrap();
    let path = format!("\n  Root at {}:{here} -> Inner.text -> String", file!());
    assert_eq!(*text, format!("session 7 leaks:{path}"));
    drop(root);
    assert_unreachable!(&heap, &weak);
}

#[test]
fn what_is_wrong_is_an_error() {
    let (heap, other) = (heap(), heap());
    let (root, weak) = heap.mutate(|mc| {
        let text = Gc::new(mc, String::new());
        (mc.root(text), mc.weak_root(Gc::downgrade(text, mc)))
    });
    assert_eq!(other.retaining_path(&weak).unwrap_err(), InspectError::OtherHeap);
    let inside = other.mutate(|_| heap.retaining_path(&weak).unwrap_err());
    assert!(matches!(inside, InspectError::InsideMutation { .. }));
    drop(heap);
    assert_eq!(other.retaining_path(&weak).unwrap_err(), InspectError::OtherHeap, "its heap has ended");
    drop(root);
    assert_eq!(other.census().unwrap().rows, []);
}

/// Random graphs against the definition: distances from the roots, found without the heap.
#[test]
fn paths_are_as_long_as_a_slow_model_says() {
    #[derive(Trace)]
    struct Node<'gc> {
        left: GcCell<Option<Gc<'gc, Node<'gc>>>>,
        others: GcRefCell<Vec<Gc<'gc, Node<'gc>>>>,
    }
    const N: usize = 40;
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let mut random = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % below as u64).expect("small")
    };
    for round in 0..if cfg!(gc_zeal) { 10 } else { 60 } {
        let heap = if round % 2 == 0 { heap() } else { Heap::new() };
        let edges: Vec<(usize, usize)> = (0..round).map(|_| (random(N), random(N))).collect();
        let kept: Vec<usize> = (0..random(4)).map(|_| random(N)).collect();
        let (_roots, weak) = heap.mutate(|mc| {
            let node = |_| Gc::new(mc, Node { left: GcCell::new(None), others: GcRefCell::default() });
            let nodes: Vec<_> = (0..N).map(node).collect();
            for &(from, to) in &edges {
                if nodes[from].left.get().is_none() {
                    nodes[from].left.set(mc, Some(nodes[to]));
                } else {
                    nodes[from].others.borrow_mut(mc).push(nodes[to]);
                }
            }
            let roots: Vec<_> = kept.iter().map(|&at| mc.root(nodes[at])).collect();
            (roots, nodes.iter().map(|&node| mc.weak_root(Gc::downgrade(node, mc))).collect::<Vec<_>>())
        });
        for (target, weak) in weak.iter().enumerate() {
            let distances = |avoid: Option<usize>| {
                let mut distances = vec![None; N];
                let mut next: VecDeque<_> = kept.iter().map(|&at| (at, 1)).collect();
                while let Some((at, distance)) = next.pop_front() {
                    if distances[at].is_none() {
                        distances[at] = Some(distance);
                        let on = |&(from, to): &(usize, usize)| (from == at).then_some((to, distance + 1));
                        next.extend(edges.iter().filter_map(on).filter(|_| Some(at) != avoid));
                    }
                }
                distances
            };
            let path = heap.retaining_path(weak).unwrap();
            assert_eq!(path.map(|path| path.objects.len()), distances(None)[target], "object {target}");
            // One for each root, and for each object that is reached otherwise and refers to it.
            let reached = distances(Some(target));
            let from_roots = kept.iter().filter(|&&at| at == target).count();
            let mut from: Vec<_> = edges.iter().filter(|edge| edge.1 == target && edge.0 != target).collect();
            from.sort_unstable();
            from.dedup();
            let n = from_roots + from.iter().filter(|edge| reached[edge.0].is_some()).count();
            assert_eq!(heap.retaining_paths(weak, N).unwrap().len(), n, "object {target}");
        }
    }
}
