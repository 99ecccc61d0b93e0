//! What weak collections cost beside those of other crates.
//!
//! ```text
//! cargo bench -p tests --features peers --bench weak                 everything
//! cargo bench -p tests --features peers --bench weak -- chains       some sections
//! ```
//!
//! Sections: `maps`, `values`, `interning`, `chains`. Each number is the least of several measurements; peers hold their
//! values by `Arc`, of which they keep a `std::sync::Weak`.
#![forbid(unsafe_code)]
#![expect(clippy::print_stdout, reason = "a table is printed")]

use std::collections::HashMap;
use std::hash::RandomState;
use std::hint::black_box;
use std::sync::{Arc, Weak};

use gc::{Ephemeron, Gc, GcRefCell, Heap, Interner, Mutation, Root, WeakMap, WeakValueMap};
use string_interner::StringInterner;
use string_interner::backend::StringBackend;
use tests::table::{Sections, timed};
use weak_table::{PtrWeakKeyHashMap, WeakValueHashMap};

const MEASUREMENTS: usize = 7;
const MANY: usize = 100_000;

fn main() {
    let Some(sections) = Sections::wanted() else { return };
    println!("ns for each entry; in the end the ratio to the better peer");
    if sections.has("maps") {
        maps();
    }
    if sections.has("values") {
        values();
    }
    if sections.has("interning") {
        interning();
    }
    if sections.has("chains") {
        chains();
    }
}

/// The least time of each step, in ns for each of so many entries.
fn least<const N: usize>(n: usize, mut measure: impl FnMut() -> [f64; N]) -> [f64; N] {
    let mut least = [f64::INFINITY; N];
    for _ in 0..MEASUREMENTS {
        least.iter_mut().zip(measure()).for_each(|(least, time)| *least = least.min(time / n as f64));
    }
    least
}

fn ns(run: impl FnOnce()) -> f64 {
    timed(run).0.as_nanos() as f64
}

fn print(name: &str, ours: f64, peers: &[(&str, f64)]) {
    let best = peers.iter().map(|(_, time)| *time).fold(f64::INFINITY, f64::min);
    let peers: Vec<String> = peers.iter().map(|(name, time)| format!("{name} {time:7.1}")).collect();
    println!("{name:22} gc {ours:7.1}  {}  ratio {:.2}", peers.join("  "), ours / best);
}

fn quiet() -> Heap {
    Heap::builder().automatic(false).build()
}

/// Makes the memory of all that is dead free again, as the peers' allocator has it by then.
fn clean(heap: &Heap) {
    for _ in 0..2 {
        heap.collect().expect("outside of mutations");
    }
}

/// Values by object.
fn maps() {
    type Map<'gc> = GcRefCell<WeakMap<'gc, u64, u64>>;
    let heap = quiet();
    let ours = least(MANY, || {
        clean(&heap);
        let (map, keys): (Root<Map<'static>>, Root<[Gc<'static, u64>]>) = heap.mutate(|mc| {
            let keys: Vec<_> = (0..MANY as u64).map(|number| Gc::new(mc, number)).collect();
            (Root::new(mc, Gc::new(mc, GcRefCell::default())), mc.root(Gc::from_slice(mc, &keys)))
        });
        let [insert, hit] = heap.mutate(|mc| {
            let (keys, mut map) = (keys.get(mc), map.get(mc).borrow_mut(mc));
            let insert = ns(|| keys.iter().for_each(|&key| _ = map.insert(mc, key, *key)));
            let hit = ns(|| keys.iter().for_each(|&key| assert!(black_box(map.get(key)).is_some())));
            [insert, hit]
        });
        drop(keys);
        heap.collect().expect("outside of mutations");
        [insert, hit, heap.mutate(|mc| ns(|| map.get(mc).borrow_mut(mc).purge(mc)))]
    });
    let table = least(MANY, || {
        let keys: Vec<Arc<u64>> = (0..MANY as u64).map(Arc::new).collect();
        let mut map = PtrWeakKeyHashMap::<Weak<u64>, u64>::new();
        let insert = ns(|| keys.iter().for_each(|key| _ = map.insert(Arc::clone(key), **key)));
        let hit = ns(|| keys.iter().for_each(|key| assert!(black_box(map.get(key)).is_some())));
        drop(keys);
        [insert, hit, ns(|| map.remove_expired())]
    });
    let plain = least(MANY, || {
        let keys: Vec<Arc<u64>> = (0..MANY as u64).map(Arc::new).collect();
        let mut map = HashMap::<*const u64, (Weak<u64>, u64)>::new();
        let insert = ns(|| {
            keys.iter().for_each(|key| _ = map.insert(Arc::as_ptr(key), (Arc::downgrade(key), **key)));
        });
        let hit = ns(|| keys.iter().for_each(|key| assert!(black_box(map.get(&Arc::as_ptr(key))).is_some())));
        drop(keys);
        [insert, hit, ns(|| map.retain(|_, (key, _)| key.strong_count() > 0))]
    });
    for (at, name) in ["insert", "hit", "purge"].into_iter().enumerate() {
        print(&format!("WeakMap {name}"), ours[at], &[("weak-table", table[at]), ("HashMap", plain[at])]);
    }
}

/// Objects by number.
fn values() {
    type Map<'gc> = GcRefCell<WeakValueMap<'gc, u64, u64>>;
    let numbers = 0..MANY as u64;
    let heap = quiet();
    let ours = least(MANY, || {
        clean(&heap);
        let (map, objects): (Root<Map<'static>>, Root<[Gc<'static, u64>]>) = heap.mutate(|mc| {
            let objects: Vec<_> = numbers.clone().map(|number| Gc::new(mc, number)).collect();
            (Root::new(mc, Gc::new(mc, GcRefCell::default())), mc.root(Gc::from_slice(mc, &objects)))
        });
        let [insert, hit] = heap.mutate(|mc| {
            let (objects, mut map) = (objects.get(mc), map.get(mc).borrow_mut(mc));
            let insert = ns(|| objects.iter().for_each(|&object| _ = map.insert(mc, *object, object)));
            let hit =
                ns(|| numbers.clone().for_each(|number| assert!(black_box(map.get(mc, &number)).is_some())));
            [insert, hit]
        });
        drop(objects);
        heap.collect().expect("outside of mutations");
        [insert, hit, heap.mutate(|mc| ns(|| map.get(mc).borrow_mut(mc).purge(mc)))]
    });
    let table = least(MANY, || {
        let objects: Vec<Arc<u64>> = numbers.clone().map(Arc::new).collect();
        let mut map = WeakValueHashMap::<u64, Weak<u64>>::new();
        let insert = ns(|| objects.iter().for_each(|object| _ = map.insert(**object, Arc::clone(object))));
        let hit = ns(|| numbers.clone().for_each(|number| assert!(black_box(map.get(&number)).is_some())));
        drop(objects);
        [insert, hit, ns(|| map.remove_expired())]
    });
    let plain = least(MANY, || {
        let objects: Vec<Arc<u64>> = numbers.clone().map(Arc::new).collect();
        let mut map = HashMap::<u64, Weak<u64>>::new();
        let insert =
            ns(|| objects.iter().for_each(|object| _ = map.insert(**object, Arc::downgrade(object))));
        let upgraded = |number: u64| map.get(&number).and_then(Weak::upgrade);
        let hit = ns(|| numbers.clone().for_each(|number| assert!(black_box(upgraded(number)).is_some())));
        drop(objects);
        [insert, hit, ns(|| map.retain(|_, object| object.strong_count() > 0))]
    });
    for (at, name) in ["insert", "hit", "purge"].into_iter().enumerate() {
        print(
            &format!("WeakValueMap {name}"),
            ours[at],
            &[("weak-table", table[at]), ("HashMap", plain[at])],
        );
    }
}

/// A text that is known.
fn interning() {
    let texts: Vec<String> = (0..MANY).map(|number| format!("name of {number}")).collect();
    let heap = quiet();
    let [ours] = least(MANY, || {
        clean(&heap);
        heap.mutate(|mc: &Mutation<'_>| {
            let words = Gc::new(mc, Interner::new());
            texts.iter().for_each(|text| _ = words.intern(mc, text.as_str()));
            [ns(|| texts.iter().for_each(|text| _ = black_box(words.intern(mc, text.as_str()))))]
        })
    });
    let [peer] = least(MANY, || {
        let mut words = StringInterner::<StringBackend, RandomState>::new();
        texts.iter().for_each(|text| _ = words.get_or_intern(text));
        [ns(|| texts.iter().for_each(|text| _ = black_box(words.get_or_intern(text))))]
    });
    print("Interner, known text", ours, &[("string-interner", peer)]);
    println!("{:22} {:.1} ns", "beyond string-interner", ours - peer);
}

/// A cycle over a chain of ephemerons, in which the value of each is the key of the next.
fn chains() {
    for n in [1000, 10_000, 100_000, 1_000_000] {
        let heap = Heap::builder().automatic(false).mark_threads(1).build();
        let roots = heap.mutate(|mc| {
            let keys: Vec<Gc<'_, u64>> = (0..=n as u64).map(|number| Gc::new(mc, number)).collect();
            let pairs: Vec<_> = keys.windows(2).map(|pair| Ephemeron::new(mc, pair[0], pair[1])).collect();
            (mc.root(keys[0]), mc.root(Gc::from_slice(mc, &pairs)))
        });
        let [time] = least(n, || [ns(|| _ = heap.collect().expect("outside of mutations"))]);
        println!("{:22} {time:7.1} ns each", format!("chain of {n}"));
        drop(roots);
    }
}
