//! Pointers of one word to slices and strings: they keep what they lead to, as a whole, in slots of its own.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};

use gc::{Gc, GcCell, GcSlice, GcStr, Heap, Root, Trace, Word};
use tests::canary::{Canary, Ledger};
use tests::panic_of;

fn heap() -> Heap {
    tests::on_request().build()
}

/// What keeps a slice from outside.
type Kept<T> = Root<GcSlice<'static, T>>;

/// Elements of one alignment that are leaves, that hold a pointer, and that have drop glue besides: each slice is kept by
/// its pointer alone, is aligned, and overlaps no other.
macro_rules! slices {
    ($($align:literal)*) => {$({
        #[derive(Trace, Clone, Copy, PartialEq, Debug)]
        #[repr(C, align($align))]
        struct Leaf(u8);
        #[derive(Trace)]
        #[repr(C, align($align))]
        struct Edge<'gc>(Gc<'gc, Canary>);
        #[derive(Trace)]
        #[repr(C, align($align))]
        struct Owner(Canary, Box<u8>);

        let (heap, ledger) = (heap(), Ledger::new(100_000));
        let (mut leaves, mut edges, mut owners) =
            (Vec::<Kept<Leaf>>::new(), Vec::<Kept<Edge<'static>>>::new(), Vec::<Kept<Owner>>::new());
        const LENGTHS: [usize; 8] = [0, 1, 0, 2, 3, 0, 30, 700];
        for len in (0..5).flat_map(|_| LENGTHS) {
            heap.mutate(|mc| {
                for kept in [false, true] {
                    let items: Vec<_> = (0..=u8::MAX).cycle().take(len).map(Leaf).collect();
                    let leaf = GcSlice::from_slice(mc, &items);
                    let canary = || Gc::new(mc, ledger.canary());
                    let edge = GcSlice::from_iter(mc, (0..len).map(|_| Edge(canary())));
                    let owner = (0..len).map(|n| Owner(ledger.canary(), Box::new(n.to_le_bytes()[0])));
                    let owner = GcSlice::from_iter(mc, owner);
                    if kept {
                        leaves.push(mc.root(Gc::new(mc, leaf)));
                        edges.push(mc.root(Gc::new(mc, edge)));
                        owners.push(mc.root(Gc::new(mc, owner)));
                    }
                }
            });
        }
        let elements = 5 * LENGTHS.into_iter().sum::<usize>();
        for _ in 0..2 {
            let live = heap.collect().unwrap().live_objects;
            heap.verify();
            assert_eq!(ledger.alive(), 2 * elements, "alignment {}", $align);
            assert_eq!(live, (6 * leaves.len() + elements) as u64, "alignment {}", $align);
        }
        heap.mutate(|mc| {
            let mut places = Vec::new();
            let mut place = |start: *const u8, bytes: usize| {
                assert_eq!(start.addr() & ($align - 1), 0, "alignment {}", $align);
                places.push((start.addr(), bytes));
            };
            let lengths = LENGTHS.into_iter().cycle();
            for (((leaf, edge), owner), len) in leaves.iter().zip(&edges).zip(&owners).zip(lengths) {
                let (leaf, edge, owner) = (*leaf.get(mc), *edge.get(mc), *owner.get(mc));
                assert_eq!((leaf.len(), edge.len(), owner.len()), (len, len, len));
                assert!(leaf.iter().zip((0..=u8::MAX).cycle()).all(|(leaf, n)| leaf.0 == n));
                edge.iter().for_each(|edge| assert!(ledger.is_alive(edge.0.id())));
                for (n, owner) in owner.iter().enumerate() {
                    assert!(ledger.is_alive(owner.0.id()) && *owner.1 == n.to_le_bytes()[0]);
                }
                place(leaf.as_ptr().cast(), size_of_val(&*leaf));
                place(edge.as_ptr().cast(), size_of_val(&*edge));
                place(owner.as_ptr().cast(), size_of_val(&*owner));
            }
            places.sort_unstable();
            // The length of the next one lies between.
            let apart = places.windows(2).all(|pair| pair[0].0 + pair[0].1 + 8 <= pair[1].0);
            assert!(apart, "alignment {}", $align);
        });
        drop((leaves, edges, owners));
        heap.collect().unwrap();
        ledger.assert_all_dropped();
        assert_eq!((heap.stats().objects(), heap.stats().bytes_in_use), (0, 0));
    })*};
}

#[test]
fn slices_of_every_alignment() {
    slices!(1 2 4 8 16 32 64 128 256);
    slices!(512 1024 2048 4096);
}

/// In slots, spans and arenas of their own.
#[test]
fn slices_of_every_length() {
    let heap = heap();
    let lengths: Vec<usize> = (0..=23).flat_map(|bits| [(1_usize << bits) - 1, 1 << bits]).collect();
    let byte = |len: usize, at: usize| (len.wrapping_mul(31) + at * 7 + at / 251).to_le_bytes()[0];
    let roots: Vec<Kept<u8>> = heap.mutate(|mc| {
        let slice = |len| GcSlice::from_iter(mc, (0..len).map(|at| byte(len, at)));
        lengths.iter().map(|&len| mc.root(Gc::new(mc, slice(len)))).collect()
    });
    assert_eq!(heap.collect().unwrap().live_objects, 2 * lengths.len() as u64);
    heap.verify();
    heap.mutate(|mc| {
        for (root, &len) in roots.iter().zip(&lengths) {
            let slice = *root.get(mc);
            assert_eq!(slice.len(), len);
            assert!(slice.iter().enumerate().all(|(at, &found)| found == byte(len, at)), "{len} bytes");
        }
    });
}

/// Of no size: as many as a number can count take no time, and each that has a destructor is dropped once.
#[test]
fn elements_without_size() {
    const ALL: [(); usize::MAX] = [(); usize::MAX];
    static DROPS: AtomicUsize = AtomicUsize::new(0);
    #[derive(Trace)]
    struct Nothing;
    impl Drop for Nothing {
        fn drop(&mut self) {
            DROPS.fetch_add(1, Ordering::Relaxed);
        }
    }
    let heap = heap();
    let (all, some): (Kept<()>, Kept<Nothing>) = tests::watchdog::watched("a slice of nothing", || {
        heap.mutate(|mc| {
            let some = GcSlice::from_iter(mc, (0..1000).map(|_| Nothing));
            (mc.root(Gc::new(mc, GcSlice::from_slice(mc, &ALL))), mc.root(Gc::new(mc, some)))
        })
    });
    assert_eq!(heap.collect().unwrap().live_objects, 4);
    heap.verify();
    heap.mutate(|mc| assert_eq!((all.get(mc).len(), some.get(mc).len()), (usize::MAX, 1000)));
    assert_eq!(DROPS.load(Ordering::Relaxed), 0);
    drop((all, some));
    heap.collect().unwrap();
    assert_eq!(DROPS.load(Ordering::Relaxed), 1000);
}

/// Any part keeps the whole, by its address alone.
#[test]
fn a_part_keeps_its_slice() {
    let (heap, ledger) = (heap(), Ledger::new(100));
    let last: Root<Canary> = heap.mutate(|mc| {
        let slice = GcSlice::from_iter(mc, (0..100).map(|_| ledger.canary()));
        mc.root(Gc::project(GcSlice::as_gc(slice), |slice| &slice[99]))
    });
    let text: Root<str> = heap.mutate(|mc| mc.root(GcStr::new(mc, "whole").into()));
    assert_eq!(heap.collect().unwrap().live_objects, 2);
    ledger.assert_all_alive();
    heap.mutate(|mc| assert_eq!((last.get(mc).id(), text.get(mc)), (99, GcStr::new(mc, "whole").into())));
    drop(last);
    heap.collect().unwrap();
    ledger.assert_all_dropped();
}

/// What elements own counts for as long as they live.
#[test]
fn owned_bytes_are_counted() {
    let heap = Heap::builder().automatic(false).build();
    let root: Kept<Vec<u8>> = heap.mutate(|mc| {
        let vectors = (0..10).map(|_| Vec::<u8>::with_capacity(1 << 20));
        mc.root(Gc::new(mc, GcSlice::from_iter(mc, vectors)))
    });
    heap.collect().unwrap();
    heap.verify();
    assert_eq!(heap.stats().owned_bytes, 10 << 20);
    drop(root);
    heap.collect().unwrap();
    heap.verify();
    assert_eq!(heap.stats().owned_bytes, 0);
}

#[derive(Clone, Copy, Trace, Word)]
enum Value<'gc> {
    Nil,
    Flag(bool),
    Text(GcStr<'gc>),
    Perhaps(Option<GcStr<'gc>>),
    Many(GcSlice<'gc, Value<'gc>>),
}

impl Value<'_> {
    fn sum(self) -> usize {
        match self {
            Self::Nil | Self::Perhaps(None) => 0,
            Self::Flag(flag) => usize::from(flag),
            Self::Text(text) | Self::Perhaps(Some(text)) => text.len(),
            Self::Many(values) => values.iter().map(|value| value.sum()).sum(),
        }
    }
}

#[derive(Trace)]
struct Cells<'gc> {
    text: GcCell<GcStr<'gc>>,
    perhaps: GcCell<Option<GcSlice<'gc, u16>>>,
    value: GcCell<Value<'gc>>,
}

/// In cells and packed words, where nothing but the word leads to the object.
#[test]
fn words() {
    const _: () = assert!(size_of::<Cells<'static>>() == 24);
    const _: () = assert!(size_of::<Option<GcStr<'static>>>() == 8);
    const _: () = assert!(size_of::<Option<GcSlice<'static, String>>>() == 8);
    let heap = heap();
    let root: Root<Cells<'static>> = heap.mutate(|mc| {
        let cells = Cells {
            text: GcCell::new(GcStr::new(mc, "first")),
            perhaps: GcCell::new(None),
            value: GcCell::new(Value::Nil),
        };
        mc.root(Gc::new(mc, cells))
    });
    for round in 0..20_u16 {
        let live = heap.mutate(|mc| {
            let cells = root.get(mc);
            cells.text.set(mc, GcStr::new(mc, &"x".repeat(round.into())));
            cells.perhaps.set(mc, (round % 2 == 0).then(|| GcSlice::from_slice(mc, &[round; 9])));
            let text = GcStr::new(mc, "four");
            let values = [Value::Nil, Value::Flag(true), Value::Text(text), Value::Perhaps(Some(text))];
            let inner = Value::Many(GcSlice::from_slice(mc, &values));
            let outer = [inner, Value::Perhaps(None), Value::Flag(false), inner];
            cells.value.set(mc, Value::Many(GcSlice::from_slice(mc, &outer)));
            5 + u64::from(round % 2 == 0)
        });
        assert_eq!(heap.collect().unwrap().live_objects, live);
        heap.verify();
        heap.mutate(|mc| {
            let cells = root.get(mc);
            assert_eq!(cells.text.get(), GcStr::new(mc, &"x".repeat(round.into())));
            assert_eq!(cells.perhaps.get().is_some(), round % 2 == 0);
            cells.perhaps.get().inspect(|numbers| assert_eq!(**numbers, [round; 9]));
            assert_eq!(cells.value.get().sum(), 2 * (1 + 4 + 4));
        });
    }
}

#[test]
fn they_compare_hash_and_print_as_contents() {
    heap().mutate(|mc| {
        let str = |text| GcStr::new(mc, text);
        let (one, uno, two) = (str("one"), str("one"), str("two"));
        assert!(one == uno && one < two && one.max(two) == two && !GcStr::ptr_eq(one, uno));
        assert!(one == "one" && one == *"one" && GcStr::ptr_eq(one, one));
        assert_eq!(format!("{one} {one:?} {two:>5}"), "one \"one\"   two");
        assert_eq!(format!("{one:p}"), format!("{:p}", one.as_ptr()));
        let ages: HashMap<GcStr<'_>, u32> = [(one, 1), (two, 2), (uno, 3)].into();
        assert_eq!((ages.len(), ages.get("one"), ages.get("three")), (2, Some(&3), None));
        assert_eq!(AsRef::<str>::as_ref(&one).len(), 3);
        let long: &str = GcStr::as_ref(str("as long as the mutation"));
        assert_eq!(long.len(), 23);
        assert_eq!(str("").len() + str("grüße").chars().count(), 5);

        let slice = |items: &[u8]| GcSlice::from_slice(mc, items);
        let (a, b, c) = (slice(&[1, 2]), slice(&[1, 2]), slice(&[1, 3]));
        assert!(a == b && a < c && !GcSlice::ptr_eq(a, b) && a.partial_cmp(&c).is_some());
        assert_eq!((HashSet::from([a, b, c]).len(), BTreeSet::from([a, b, c]).len()), (2, 2));
        assert!(HashSet::from([a]).contains(&[1, 2][..]));
        assert_eq!(format!("{a:?}"), "[1, 2]");
        assert_eq!((Gc::from(a), Gc::as_ptr(Gc::from(a))), (Gc::from(b), &raw const *a));
        let nan = GcSlice::from_slice(mc, &[f64::NAN]);
        assert!(nan != nan, "NaN is not itself");
        assert_eq!(GcSlice::as_ref(c).last(), Some(&3));
    });
}

/// The bytes of a string are the string, and only UTF-8 is one.
#[test]
fn strings_and_their_bytes() {
    heap().mutate(|mc| {
        let bytes = GcSlice::from_slice(mc, "grüße".as_bytes());
        let text = GcStr::from_utf8(bytes).unwrap();
        assert!(text == "grüße" && GcSlice::ptr_eq(GcStr::into_bytes(text), bytes));
        let error = GcStr::from_utf8(GcSlice::from_slice(mc, &bytes[..3])).unwrap_err();
        assert_eq!(error.valid_up_to(), 2);
    });
}

#[test]
fn beyond_the_limit_there_is_an_error() {
    let heap = Heap::builder().limit_bytes(1 << 20).build();
    let ledger = Ledger::new(200_000);
    heap.mutate(|mc| {
        assert!(GcSlice::try_from_iter(mc, 0_u64..).unwrap_err().is_limit());
        assert!(GcSlice::try_from_slice(mc, &vec![0_u8; 2 << 20]).unwrap_err().is_limit());
        assert!(GcStr::try_new(mc, &"x".repeat(2 << 20)).unwrap_err().is_limit());
        assert!(GcSlice::try_from_iter(mc, std::iter::repeat_with(|| ledger.canary())).is_err());
        ledger.assert_all_dropped();
        let text = panic_of(|| GcSlice::from_iter(mc, 0_u64..).len());
        assert!(text.contains("GcSlice::try_from_iter") && text.contains("1048576"), "{text}");
        let text = panic_of(|| GcSlice::from_slice(mc, &vec![0_u8; 2 << 20]).len());
        assert!(text.contains("GcSlice::try_from_slice"), "{text}");
        assert!(panic_of(|| GcStr::new(mc, &"x".repeat(2 << 20)).len()).contains("GcStr::try_new"));
        // More bytes than there are addresses, by what the header adds at the latest.
        let error = GcSlice::try_from_iter(mc, (0..usize::MAX / 8).map(|_| 0_u64)).unwrap_err();
        assert!(error.is_limit() || error.to_string().contains("bytes"), "{error}");
    });
    assert_eq!(heap.stats().objects_allocated, 0);
    heap.verify();
}

/// An element whose clone gives up when its turn comes.
#[derive(Trace)]
struct Picky<'gc> {
    #[trace(static)]
    left: &'static AtomicUsize,
    _edge: Option<GcStr<'gc>>,
}

impl Clone for Picky<'_> {
    fn clone(&self) -> Self {
        if self.left.fetch_sub(1, Ordering::Relaxed) == 0 {
            resume_unwind(Box::new("on purpose"));
        }
        Self { left: self.left, _edge: self._edge }
    }
}

/// What a panic has kept from being made is nothing, and takes no room.
#[test]
fn an_unfinished_slice_is_nothing() {
    let heap = Heap::builder().limit_bytes(1 << 20).build();
    static LEFT: AtomicUsize = AtomicUsize::new(0);
    let left = &LEFT;
    for _ in 0..1000 {
        heap.mutate(|mc| {
            let items: Vec<_> = (0..1000).map(|_| Picky { left, _edge: None }).collect();
            left.store(500, Ordering::Relaxed);
            let made = catch_unwind(AssertUnwindSafe(|| GcSlice::from_slice(mc, &items).len()));
            assert!(made.is_err());
        });
    }
    assert_eq!((heap.stats().objects_allocated, heap.collect().unwrap().dead_objects), (0, 0));
    heap.verify();
}
