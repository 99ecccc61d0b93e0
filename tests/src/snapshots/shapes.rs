//! Shapes of heaps. Of each a small one, with a sketch of what a snapshot ought to hold.

use std::any::type_name;
use std::collections::{BTreeMap, HashMap};

use gc::{
    Ephemeron, Gc, GcCell, GcOnce, GcRefCell, GcRwLock, GcSlice, GcStr, GcVec, Heap, Mutation, Trace, WeakGc,
};

use super::sketch::Sketch;

/// A name, and what fills a heap.
pub type Shape = (&'static str, fn(&Heap) -> Sketch);

/// All shapes.
pub const SHAPES: [Shape; 22] = [
    ("empty", |_| Sketch::default()),
    ("leaf", leaf),
    ("list", list),
    ("tree", tree),
    ("ring", ring),
    ("diamond", diamond),
    ("slices", slices),
    ("strings", strings),
    ("cells", cells),
    ("enums", enums),
    ("vectors", vectors),
    ("deep", deep),
    ("weak", weak),
    ("ephemerons", ephemerons),
    ("finalizers", finalizers),
    ("pins", pins),
    ("doomed", doomed),
    ("threads", threads),
    ("names", names),
    ("large", large),
    ("owned", owned),
    ("random", random),
];

#[derive(Trace)]
struct Node<'gc> {
    number: usize,
    left: GcCell<Option<Gc<'gc, Node<'gc>>>>,
    right: GcCell<Option<Gc<'gc, Node<'gc>>>>,
}

impl<'gc> Node<'gc> {
    fn make(mc: &Mutation<'gc>, sketch: &mut Sketch, number: usize) -> (Gc<'gc, Self>, String) {
        let gc = Gc::new(mc, Self { number, left: GcCell::new(None), right: GcCell::new(None) });
        assert_eq!(gc.number, number);
        (gc, sketch.object(gc, 0))
    }
}

type Known<'gc> = (Gc<'gc, Node<'gc>>, String);

fn left<'gc>(mc: &Mutation<'gc>, sketch: &mut Sketch, from: &Known<'gc>, to: &Known<'gc>) {
    from.0.left.set(mc, Some(to.0));
    sketch.field(&from.1, "left", &to.1);
}

fn right<'gc>(mc: &Mutation<'gc>, sketch: &mut Sketch, from: &Known<'gc>, to: &Known<'gc>) {
    from.0.right.set(mc, Some(to.0));
    sketch.field(&from.1, "right", &to.1);
}

fn nodes<'gc>(mc: &Mutation<'gc>, sketch: &mut Sketch, n: usize) -> Vec<Known<'gc>> {
    (0..n).map(|number| Node::make(mc, sketch, number)).collect()
}

fn leaf(heap: &Heap) -> Sketch {
    let mut sketch = Sketch::default();
    heap.mutate(|mc| {
        let gc = Gc::new(mc, 7_u64);
        let key = sketch.object(gc, 0);
        sketch.root(mc, gc, &key);
        sketch.target(mc, gc, &key);
    });
    sketch
}

fn list(heap: &Heap) -> Sketch {
    let mut sketch = Sketch::default();
    heap.mutate(|mc| {
        let nodes = nodes(mc, &mut sketch, 200);
        nodes.windows(2).for_each(|pair| left(mc, &mut sketch, &pair[0], &pair[1]));
        sketch.root(mc, nodes[0].0, &nodes[0].1);
        sketch.target(mc, nodes[199].0, &nodes[199].1);
    });
    sketch
}

fn tree(heap: &Heap) -> Sketch {
    let mut sketch = Sketch::default();
    heap.mutate(|mc| {
        let nodes = nodes(mc, &mut sketch, 127);
        for at in 0..63 {
            left(mc, &mut sketch, &nodes[at], &nodes[2 * at + 1]);
            right(mc, &mut sketch, &nodes[at], &nodes[2 * at + 2]);
        }
        sketch.root(mc, nodes[0].0, &nodes[0].1);
        sketch.target(mc, nodes[100].0, &nodes[100].1);
    });
    sketch
}

/// A ring that is reached at two places, one that leads to itself, and one that nothing leads to.
fn ring(heap: &Heap) -> Sketch {
    let mut sketch = Sketch::default();
    heap.mutate(|mc| {
        let nodes = nodes(mc, &mut sketch, 60);
        for at in 0..50 {
            left(mc, &mut sketch, &nodes[at], &nodes[(at + 1) % 50]);
        }
        left(mc, &mut sketch, &nodes[50], &nodes[50]);
        for at in 51..60 {
            left(mc, &mut sketch, &nodes[at], &nodes[if at == 59 { 51 } else { at + 1 }]);
        }
        sketch.root(mc, nodes[0].0, &nodes[0].1);
        sketch.root(mc, nodes[30].0, &nodes[30].1);
        sketch.root(mc, nodes[50].0, &nodes[50].1);
        sketch.target(mc, nodes[40].0, &nodes[40].1);
    });
    sketch
}

fn diamond(heap: &Heap) -> Sketch {
    let mut sketch = Sketch::default();
    heap.mutate(|mc| {
        let nodes = nodes(mc, &mut sketch, 12);
        for at in [0, 3, 6] {
            left(mc, &mut sketch, &nodes[at], &nodes[at + 1]);
            right(mc, &mut sketch, &nodes[at], &nodes[at + 2]);
            left(mc, &mut sketch, &nodes[at + 1], &nodes[at + 3]);
            right(mc, &mut sketch, &nodes[at + 1], &nodes[at + 3]);
            left(mc, &mut sketch, &nodes[at + 2], &nodes[at + 3]);
        }
        left(mc, &mut sketch, &nodes[9], &nodes[0]);
        sketch.root(mc, nodes[0].0, &nodes[0].1);
        sketch.target(mc, nodes[9].0, &nodes[9].1);
    });
    sketch
}

/// Slices of pointers are elements; so are those in a cell and in a slice of pairs, in part.
fn slices(heap: &Heap) -> Sketch {
    let mut sketch = Sketch::default();
    heap.mutate(|mc| {
        let nodes = nodes(mc, &mut sketch, 7);
        let pointers: Vec<_> = nodes.iter().map(|node| node.0).collect();
        let plain = Gc::from_slice(mc, &pointers);
        let plain_key =
            sketch.slot(Gc::as_ptr(plain).cast::<u8>().addr() - 8, type_name::<[Gc<'_, Node<'_>>]>(), 64);
        let some =
            Gc::from_iter(mc, pointers.iter().enumerate().map(|(at, gc)| (at, (at != 2).then_some(*gc))));
        let some_key = sketch.slot(
            Gc::as_ptr(some).cast::<u8>().addr() - 8,
            type_name::<[(usize, Option<Gc<'_, Node<'_>>>)]>(),
            128,
        );
        for (at, node) in nodes.iter().enumerate() {
            sketch.element(&plain_key, at, &node.1);
            if at != 2 {
                sketch.field(&some_key, &format!("[{at}].1"), &node.1);
            }
        }
        let numbers = Gc::from_slice(mc, &[1_u32; 9]);
        let numbers_key = sketch.slot(Gc::as_ptr(numbers).cast::<u8>().addr(), "[u32]", 48);
        let thin = GcSlice::from_slice(mc, &[7_u64; 3]);
        let thin_key = sketch.slot(Gc::as_ptr(GcSlice::as_gc(thin)).cast::<u8>().addr() - 8, "[u64]", 32);
        sketch.root(mc, plain, &plain_key);
        sketch.root(mc, some, &some_key);
        sketch.root(mc, numbers, &numbers_key);
        sketch.root(mc, GcSlice::as_gc(thin), &thin_key);
        sketch.target(mc, nodes[3].0, &nodes[3].1);
    });
    sketch
}

fn strings(heap: &Heap) -> Sketch {
    let mut sketch = Sketch::default();
    heap.mutate(|mc| {
        let owned = Gc::new(mc, String::from("owned elsewhere"));
        let owned_key = sketch.object(owned, 15);
        let text = Gc::str(mc, "a text in the heap");
        let text_key = sketch.slot(Gc::as_ptr(text).cast::<u8>().addr(), "[u8]", 32);
        let thin = GcStr::new(mc, "thin");
        let thin_key = sketch.slot(Gc::as_ptr(GcStr::as_gc(thin)).cast::<u8>().addr() - 8, "[u8]", 16);
        let all = Gc::new(mc, (owned, text, thin));
        let key = sketch.object(all, 0);
        sketch.field(&key, "0", &owned_key);
        sketch.field(&key, "1", &text_key);
        sketch.field(&key, "2", &thin_key);
        sketch.root(mc, all, &key);
        sketch.target(mc, owned, &owned_key);
    });
    sketch
}

#[derive(Trace)]
struct Cells<'gc> {
    cell: GcCell<Option<Gc<'gc, u64>>>,
    list: GcRefCell<Vec<Gc<'gc, u64>>>,
    by_name: GcRwLock<BTreeMap<u64, Gc<'gc, u64>>>,
    by_key: HashMap<Gc<'gc, u64>, u64>,
    once: GcOnce<Gc<'gc, u64>>,
    pair: (u8, Option<Box<Gc<'gc, u64>>>),
    rows: Vec<[Option<Gc<'gc, u64>>; 2]>,
}

fn cells(heap: &Heap) -> Sketch {
    let mut sketch = Sketch::default();
    heap.mutate(|mc| {
        let numbers: Vec<_> = (0..9).map(|n| Gc::new(mc, n)).collect();
        let keys: Vec<_> = numbers.iter().map(|gc| sketch.object(*gc, 0)).collect();
        let mut list = Vec::with_capacity(10);
        list.extend([numbers[1], numbers[2], numbers[1]]);
        let cells = Gc::new(
            mc,
            Cells {
                cell: GcCell::new(Some(numbers[0])),
                list: GcRefCell::new(list),
                by_name: GcRwLock::new(BTreeMap::from([(3, numbers[3])])),
                by_key: HashMap::from([(numbers[4], 1)]),
                once: GcOnce::new(),
                pair: (0, Some(Box::new(numbers[6]))),
                rows: vec![[None, Some(numbers[7])], [Some(numbers[8]), None]],
            },
        );
        Gc::as_ref(cells).once.set(mc, numbers[5]).expect("it is empty");
        let key = sketch.object(cells, 0);
        let fields = [
            "cell",
            "list[0]",
            "list[1]",
            "list[2]",
            "by_name[value]",
            "by_key[key]",
            "once",
            "pair.1",
            "rows[0][1]",
            "rows[1][0]",
        ];
        for (name, to) in fields.into_iter().zip([0, 1, 2, 1, 3, 4, 5, 6, 7, 8]) {
            sketch.field(&key, name, &keys[to]);
        }
        // How much tables of other crates take is not ours to say: what they say themselves.
        sketch.rename(&key, type_name::<Cells<'_>>().into(), 0);
        sketch.root(mc, cells, &key);
        sketch.target(mc, numbers[7], &keys[7]);
    });
    let row = heap.census().expect("not inside").of(type_name::<Cells<'_>>());
    let key = sketch.key_of_type(type_name::<Cells<'_>>());
    sketch.rename(&key, type_name::<Cells<'_>>().into(), row.bytes + row.owned_bytes);
    sketch
}

#[derive(Trace)]
enum Choice<'gc> {
    Nothing,
    One(Gc<'gc, u64>),
    Named { first: Gc<'gc, u64>, second: Option<Gc<'gc, u64>> },
}

#[derive(Trace)]
#[repr(C, usize)]
enum Laid<'gc> {
    _Number(u64),
    Text { number: u32, text: Gc<'gc, u64> },
}

fn enums(heap: &Heap) -> Sketch {
    let mut sketch = Sketch::default();
    heap.mutate(|mc| {
        let numbers = [1_u64, 2, 3, 4].map(|n| Gc::new(mc, n));
        let keys = numbers.map(|gc| sketch.object(gc, 0));
        let nothing = Gc::new(mc, Choice::Nothing);
        let one = Gc::new(mc, Choice::One(numbers[0]));
        let named = Gc::new(mc, Choice::Named { first: numbers[1], second: Some(numbers[2]) });
        for (gc, edges) in
            [(nothing, &[][..]), (one, &[("One.0", 0)]), (named, &[("Named.first", 1), ("Named.second", 2)])]
        {
            let key = sketch.object(gc, 0);
            edges.iter().for_each(|&(name, to)| sketch.field(&key, name, &keys[to]));
            sketch.root(mc, gc, &key);
        }
        let laid = Gc::new(mc, Laid::Text { number: 7, text: numbers[3] });
        assert!(matches!(*laid, Laid::Text { number: 7, .. }));
        let key = sketch.object(laid, 0);
        sketch.field(&key, "Text.text", &keys[3]);
        sketch.root(mc, laid, &key);
        sketch.target(mc, numbers[2], &keys[2]);
    });
    sketch
}

#[derive(Trace)]
struct Grown<'gc> {
    grown: GcVec<'gc, Gc<'gc, u64>>,
    empty: GcVec<'gc, u64>,
}

fn vectors(heap: &Heap) -> Sketch {
    let mut sketch = Sketch::default();
    heap.mutate(|mc| {
        let numbers = [1_u64, 2, 3].map(|n| Gc::new(mc, n));
        let keys = numbers.map(|gc| sketch.object(gc, 0));
        let mut grown = GcVec::with_capacity(mc, 8);
        numbers.into_iter().for_each(|number| grown.push(mc, number));
        let buffer = sketch.slot(grown.as_slice().as_ptr().addr(), "[u8]", 64);
        let gc = Gc::new(mc, Grown { grown, empty: GcVec::new() });
        let key = sketch.object(gc, 0);
        keys.iter().enumerate().for_each(|(at, to)| sketch.field(&key, &format!("grown[{at}]"), to));
        sketch.field(&key, "grown.buffer", &buffer);
        sketch.root(mc, gc, &key);
        sketch.target(mc, numbers[2], &keys[2]);
    });
    sketch
}

#[derive(Trace)]
struct Chain<'gc> {
    number: Option<Gc<'gc, u64>>,
    next: Option<Box<Chain<'gc>>>,
}

/// Owned data that nests deep, and in which many parts lead to one object.
fn deep(heap: &Heap) -> Sketch {
    let mut sketch = Sketch::default();
    heap.mutate(|mc| {
        let number = Gc::new(mc, 7);
        let number_key = sketch.object(number, 0);
        let mut chain = Chain { number: Some(number), next: None };
        for _ in 0..20 {
            chain = Chain { number: Some(number), next: Some(Box::new(chain)) };
        }
        let gc = Gc::new(mc, GcRefCell::new(chain));
        let key = sketch.object(gc, 20 * size_of::<Chain<'_>>());
        for depth in 0..=20 {
            sketch.field(&key, &format!("{}number", "next.".repeat(depth)), &number_key);
        }
        sketch.root(mc, gc, &key);
        sketch.target(mc, number, &number_key);
    });
    sketch
}

#[derive(Trace)]
struct Looks<'gc> {
    strong: Gc<'gc, u64>,
    weak: WeakGc<'gc, u64>,
    other: WeakGc<'gc, u64>,
}

/// Weak pointers to what is kept, and to what is not.
fn weak(heap: &Heap) -> Sketch {
    let mut sketch = Sketch::default();
    heap.mutate(|mc| {
        let (strong, other) = (Gc::new(mc, 1_u64), Gc::new(mc, 2_u64));
        let [strong_key, other_key] = [strong, other].map(|gc| sketch.object(gc, 0));
        let looks = Looks { strong, weak: Gc::downgrade(strong, mc), other: Gc::downgrade(other, mc) };
        let looks = Gc::new(mc, looks);
        let key = sketch.object(looks, 0);
        let handles = [sketch.handle(&strong_key), sketch.handle(&other_key)];
        sketch.field(&key, "strong", &strong_key);
        sketch.field(&key, "weak", &handles[0]);
        sketch.field(&key, "other", &handles[1]);
        sketch.root(mc, looks, &key);
        sketch.target(mc, strong, &strong_key);
    });
    sketch
}

fn ephemerons(heap: &Heap) -> Sketch {
    let mut sketch = Sketch::default();
    heap.mutate(|mc| {
        let (key, value) = (Gc::new(mc, 1_u64), Gc::new(mc, 2_u64));
        let [key_key, value_key] = [key, value].map(|gc| sketch.object(gc, 0));
        let pair = Ephemeron::new(mc, key, (value, key));
        let pair_key = sketch.object(pair, 0);
        let handle = sketch.handle(&key_key);
        sketch.field(&pair_key, "[key]", &handle);
        sketch.field(&pair_key, "[value].0", &value_key);
        sketch.field(&pair_key, "[value].1", &key_key);
        sketch.root(mc, pair, &pair_key);
        sketch.root(mc, key, &key_key);
        sketch.target(mc, value, &value_key);
    });
    sketch
}

/// A finalizer that was set, one whose object is garbage, and one that is due.
fn finalizers(heap: &Heap) -> Sketch {
    let mut sketch = Sketch::default();
    let finalizer = format!("Finalizer of {}", type_name::<Node<'_>>());
    heap.mutate(|mc| {
        let due = Node::make(mc, &mut sketch, 0);
        mc.set_finalizer(due.0, |_| ()).expect("the first");
        sketch.outside("(finalizers that are due)", "Finalizer that is due", &due.1);
    });
    heap.collect().expect("not inside");
    heap.mutate(|mc| {
        let nodes = nodes(mc, &mut sketch, 4);
        for (at, name) in [(0, "left"), (2, "left")] {
            left(mc, &mut sketch, &nodes[at], &nodes[at + 1]);
            mc.set_finalizer(nodes[at].0, |_| ()).expect("the first");
            sketch.outside_by("(finalizers)", &finalizer, ("property", name), &nodes[at + 1].1);
        }
        sketch.root(mc, nodes[0].0, &nodes[0].1);
        sketch.target(mc, nodes[3].0, &nodes[3].1);
    });
    sketch
}

fn pins(heap: &Heap) -> Sketch {
    let mut sketch = Sketch::default();
    heap.mutate(|mc| {
        let nodes = nodes(mc, &mut sketch, 3);
        left(mc, &mut sketch, &nodes[0], &nodes[1]);
        let here = line!() + 1;
        sketch.keep([mc.pin(nodes[0].0), mc.pin(nodes[2].0)]);
        for at in [0, 2] {
            sketch.outside("(pins)", &format!("Pin at {}:{here}", file!()), &nodes[at].1);
        }
        sketch.target(mc, nodes[1].0, &nodes[1].1);
    });
    sketch
}

#[derive(Trace)]
struct Noisy(String);

impl Drop for Noisy {
    fn drop(&mut self) {}
}

/// Dead objects whose destructors have not run, among some that live.
fn doomed(heap: &Heap) -> Sketch {
    let mut sketch = Sketch::default();
    heap.mutate(|mc| {
        for n in 0..200 {
            let gc = Gc::new(mc, Noisy("x".repeat(n)));
            assert_eq!(gc.0.len(), n);
            if n % 10 == 0 {
                let key = sketch.object(gc, n);
                sketch.root(mc, gc, &key);
            }
        }
    });
    heap.collect().expect("not inside");
    let name = format!("180 doomed {}", type_name::<Noisy>());
    sketch.outside("(doomed)", &name, "");
    sketch.rename(&name, name.clone(), 180 * 24);
    sketch
}

/// Roots that several threads have made.
fn threads(heap: &Heap) -> Sketch {
    let mut sketch = Sketch::default();
    let make = |at: usize| {
        let mut own = Sketch::default();
        heap.mutate(|mc| {
            let nodes = nodes(mc, &mut own, 3);
            left(mc, &mut own, &nodes[0], &nodes[1]);
            right(mc, &mut own, &nodes[0], &nodes[2]);
            own.root(mc, nodes[0].0, &nodes[0].1);
            if at == 0 {
                own.root(mc, nodes[1].0, &nodes[1].1);
            }
        });
        own
    };
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..3).map(|at| scope.spawn(move || make(at))).collect();
        threads.into_iter().for_each(|thread| sketch.join(thread.join().expect("no panic")));
    });
    sketch
}

#[derive(Trace)]
struct Größe<'gc, const C: char> {
    r#type: Option<Gc<'gc, Self>>,
    日本語: Option<Gc<'gc, u64>>,
}

/// Names that have to be escaped.
fn names(heap: &Heap) -> Sketch {
    fn make<const C: char>(mc: &Mutation<'_>, sketch: &mut Sketch) {
        let number = Gc::new(mc, 1_u64);
        let number_key = sketch.object(number, 0);
        let first = Gc::new(mc, Größe::<C> { r#type: None, 日本語: Some(number) });
        let first_key = sketch.object(first, 0);
        sketch.field(&first_key, "日本語", &number_key);
        let second = Gc::new(mc, Größe::<C> { r#type: Some(first), 日本語: None });
        let second_key = sketch.object(second, 0);
        sketch.field(&second_key, "type", &first_key);
        sketch.root(mc, second, &second_key);
    }
    let mut sketch = Sketch::default();
    heap.mutate(|mc| {
        make::<'"'>(mc, &mut sketch);
        make::<'\\'>(mc, &mut sketch);
        make::<'\n'>(mc, &mut sketch);
        make::<'\u{1f980}'>(mc, &mut sketch);
    });
    sketch
}

/// Objects that have a span or an arena of their own, and slices that are longer than is traced at once.
fn large(heap: &Heap) -> Sketch {
    let mut sketch = Sketch::default();
    heap.mutate(|mc| {
        let node = Node::make(mc, &mut sketch, 0);
        let bytes = Gc::from_slice(mc, &vec![0_u8; 3 << 20]);
        let huge = Gc::from_slice(mc, &vec![0_u8; 80 << 20]);
        let pointers = Gc::from_iter(mc, (0..2047).map(|_| node.0));
        let keys = [bytes, huge].map(|gc| sketch.slot(Gc::as_ptr(gc).cast::<u8>().addr(), "[u8]", gc.len()));
        let key = sketch.slot(
            Gc::as_ptr(pointers).cast::<u8>().addr() - 8,
            type_name::<[Gc<'_, Node<'_>>]>(),
            2048 * 8,
        );
        (0..2047).for_each(|at| sketch.element(&key, at, &node.1));
        sketch.root(mc, bytes, &keys[0]);
        sketch.root(mc, huge, &keys[1]);
        sketch.root(mc, pointers, &key);
        sketch.target(mc, node.0, &node.1);
    });
    sketch
}

/// What objects own elsewhere, more than 32 bits can say among it.
fn owned(heap: &Heap) -> Sketch {
    let mut sketch = Sketch::default();
    heap.mutate(|mc| {
        for n in [0, 1, 1000] {
            let gc = Gc::new(mc, Vec::<u64>::with_capacity(n));
            let key = sketch.object(gc, 8 * n);
            sketch.root(mc, gc, &key);
        }
        // Addresses without memory behind them, where the system gives so many.
        let (mut most, bytes) = (Vec::<u8>::new(), 5 << 30);
        if !cfg!(gc_asan) && most.try_reserve_exact(bytes).is_ok() {
            let gc = Gc::new(mc, most);
            let key = sketch.object(gc, bytes);
            sketch.rename(
                &key,
                format!("{} of {} bytes", type_name::<Vec<u8>>(), bytes + 24),
                u64::from(u32::MAX),
            );
            sketch.root(mc, gc, &key);
        }
    });
    sketch
}

fn random(heap: &Heap) -> Sketch {
    let mut sketch = Sketch::default();
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let mut random = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % below as u64).expect("small")
    };
    heap.mutate(|mc| {
        let nodes = nodes(mc, &mut sketch, 150);
        for node in &nodes {
            left(mc, &mut sketch, node, &nodes[random(150)]);
            if random(3) == 0 {
                right(mc, &mut sketch, node, &nodes[random(150)]);
            }
        }
        for _ in 0..3 {
            let kept = &nodes[random(150)];
            sketch.root(mc, kept.0, &kept.1);
        }
        let next = nodes[0].0;
        sketch.root(mc, next, &nodes[0].1);
        let (target, key) = (next.left.get().expect("each has one"), sketch.left_of(&nodes[0].1));
        sketch.target(mc, target, &key);
    });
    sketch
}
