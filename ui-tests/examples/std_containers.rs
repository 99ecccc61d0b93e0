//! What std owns by value may hold a `Gc`.
#![allow(dead_code)]

use std::collections::{BTreeMap, BTreeSet, HashMap, LinkedList, VecDeque};
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::{Arc, Mutex};

use gc::{ByAddress, Gc, Heap, Trace};

#[derive(Trace)]
struct Everything<'gc> {
    vec: Vec<Gc<'gc, u8>>,
    deque: VecDeque<Gc<'gc, u8>>,
    list: LinkedList<Gc<'gc, u8>>,
    map: HashMap<ByAddress<'gc, u8>, Gc<'gc, u8>>,
    tree: BTreeMap<u8, Vec<Gc<'gc, u8>>>,
    set: BTreeSet<ByAddress<'gc, u8>>,
    boxed: Box<[Gc<'gc, u8>]>,
    pinned: Pin<Box<Gc<'gc, u8>>>,
    option: Option<(Gc<'gc, u8>, bool)>,
    result: Result<Gc<'gc, u8>, String>,
    array: [Option<Gc<'gc, u8>>; 3],
    tuple: (u8, Gc<'gc, u8>, [u8; 3]),
    phantom: PhantomData<Gc<'gc, u8>>,
    name: &'static str,
    shared: Arc<Mutex<Vec<String>>>,
    range: std::ops::Range<u8>,
    duration: std::time::Duration,
}

fn main() {
    let heap = Heap::new();
    let root = heap.mutate(|mc| {
        let one = Gc::new(mc, 1_u8);
        let everything = Everything {
            vec: vec![one],
            deque: [one].into(),
            list: [one].into(),
            map: [(ByAddress(one), one)].into(),
            tree: [(1, vec![one])].into(),
            set: [ByAddress(one)].into(),
            boxed: Box::new([one]),
            pinned: Box::pin(one),
            option: Some((one, true)),
            result: Ok(one),
            array: [Some(one), None, None],
            tuple: (1, one, [0; 3]),
            phantom: PhantomData,
            name: "everything",
            shared: Arc::default(),
            range: 0..1,
            duration: std::time::Duration::ZERO,
        };
        mc.root(Gc::new(mc, everything))
    });
    assert_eq!(heap.collect().unwrap().live_objects, 2);
    heap.mutate(|mc| assert_eq!(*root.get(mc).vec[0] + *root.get(mc).tree[&1][0], 2));
}
