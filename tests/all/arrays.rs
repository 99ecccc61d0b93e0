//! Arrays that change: a `GcRefCell` or `GcRwLock` of a slice, which is an object of its own or was an array.

use std::thread;

use gc::{Gc, GcRefCell, GcRwLock, Heap, ReadGuard, Ref, RefMut, Root, Trace, WeakRoot, WriteGuard};
use tests::canary::{Canary, Ledger};
use tests::programs::random::Random;
use tests::{panic_of, rounds};

fn heap() -> Heap {
    tests::on_request().build()
}

/// Elements of one alignment that are leaves, that hold a pointer, and that have drop glue: each array is kept by its
/// root alone, is aligned, overlaps no other, and each of its elements is dropped once.
macro_rules! of_alignment {
    ($Cell:ident, $read:ident, $write:ident: $($align:literal)*) => {$({
        #[derive(Trace, Clone, Copy, PartialEq, Debug)]
        #[repr(C, align($align))]
        struct Leaf(u8);
        #[derive(Trace)]
        #[repr(C, align($align))]
        struct Edge<'gc>(Gc<'gc, Canary>);
        #[derive(Trace)]
        #[repr(C, align($align))]
        struct Owner(Canary, Box<usize>);

        const LENGTHS: [usize; 7] = [0, 1, 0, 2, 3, 30, 600];
        let (heap, ledger) = (heap(), Ledger::new(100_000));
        let (mut leaves, mut edges, mut owners) =
            (Vec::<Root<$Cell<[Leaf]>>>::new(), Vec::<Root<$Cell<[Edge<'static>]>>>::new(), Vec::<Root<$Cell<[Owner]>>>::new());
        for len in (0..4).flat_map(|_| LENGTHS) {
            heap.mutate(|mc| {
                for kept in [false, true] {
                    let leaf = $Cell::from_iter(mc, (0..=u8::MAX).cycle().take(len).map(Leaf));
                    let edge = $Cell::from_fn(mc, len, |_| Edge(Gc::new(mc, ledger.canary())));
                    let owner = $Cell::from_fn(mc, len, |n| Owner(ledger.canary(), Box::new(n)));
                    if kept {
                        leaves.push(mc.root(leaf));
                        edges.push(mc.root(edge));
                        owners.push(mc.root(owner));
                    }
                }
            });
        }
        let elements = 4 * LENGTHS.into_iter().sum::<usize>();
        for _ in 0..2 {
            let live = heap.collect().unwrap().live_objects;
            heap.verify();
            assert_eq!(ledger.alive(), 2 * elements, "alignment {}", $align);
            assert_eq!(live, (3 * leaves.len() + elements) as u64, "alignment {}", $align);
        }
        heap.mutate(|mc| {
            let mut places = Vec::new();
            let mut place = |cell: *const u8, cell_bytes: usize, start: *const u8, bytes: usize| {
                assert_eq!(start.addr() & ($align - 1), 0, "alignment {}", $align);
                assert!(cell.addr() + 8 <= start.addr() && start.addr() + bytes <= cell.addr() + cell_bytes);
                places.push((cell.addr(), cell_bytes));
            };
            for (((leaf, edge), owner), len) in
                leaves.iter().zip(&edges).zip(&owners).zip(LENGTHS.into_iter().cycle())
            {
                let (leaf, edge, owner) = (leaf.get(mc), edge.get(mc), owner.get(mc));
                let sizes = [size_of_val(&*leaf), size_of_val(&*edge), size_of_val(&*owner)];
                let cells: [*const u8; 3] = [Gc::as_ptr(leaf).cast(), Gc::as_ptr(edge).cast(), Gc::as_ptr(owner).cast()];
                let (leaf, edge, mut owner) = (leaf.$read(mc), edge.$read(mc), owner.$write(mc));
                assert_eq!((leaf.len(), edge.len(), owner.len()), (len, len, len));
                assert!(leaf.iter().zip((0..=u8::MAX).cycle()).all(|(leaf, n)| leaf.0 == n));
                edge.iter().for_each(|edge| assert!(ledger.is_alive(edge.0.id())));
                for (n, owner) in owner.iter_mut().enumerate() {
                    assert!(ledger.is_alive(owner.0.id()) && *owner.1 == n);
                    *owner.1 += 1;
                }
                place(cells[0], sizes[0], leaf.as_ptr().cast(), size_of_val(&*leaf));
                place(cells[1], sizes[1], edge.as_ptr().cast(), size_of_val(&*edge));
                place(cells[2], sizes[2], owner.as_ptr().cast(), size_of_val(&*owner));
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
fn of_every_alignment() {
    of_alignment!(GcRefCell, borrow, borrow_mut: 1 2 4 8 16 32 128);
    of_alignment!(GcRefCell, borrow, borrow_mut: 512 4096);
    of_alignment!(GcRwLock, read, write: 1 2 4 8 16 32 128);
    of_alignment!(GcRwLock, read, write: 512 4096);
}

/// In slots, spans and arenas of their own.
#[test]
fn of_every_length() {
    let heap = heap();
    let lengths: Vec<usize> = (0..=21).flat_map(|bits| [(1_usize << bits) - 1, 1 << bits]).collect();
    let byte = |len: usize, at: usize| (len.wrapping_mul(31) + at * 7 + at / 251).to_le_bytes()[0];
    let roots: Vec<Root<GcRefCell<[u8]>>> = heap.mutate(|mc| {
        lengths.iter().map(|&len| mc.root(GcRefCell::from_fn(mc, len, |at| byte(len, at)))).collect()
    });
    assert_eq!(heap.collect().unwrap().live_objects, lengths.len() as u64);
    heap.verify();
    heap.mutate(|mc| {
        for (root, &len) in roots.iter().zip(&lengths) {
            let mut bytes = root.get(mc).borrow_mut(mc);
            assert_eq!(bytes.len(), len);
            assert!(bytes.iter().enumerate().all(|(at, &found)| found == byte(len, at)), "{len} bytes");
            bytes.fill(1);
        }
        assert!(roots.iter().all(|root| root.get(mc).borrow(mc).iter().all(|&byte| byte == 1)));
    });
}

/// An array is one with a length that its type says; what it becomes is the same object.
#[test]
fn an_array_becomes_one_of_any_length() {
    let (heap, ledger) = (heap(), Ledger::new(100));
    let (cell, lock) = heap.mutate(|mc| {
        let cell = Gc::new(mc, GcRefCell::new([(); 3].map(|()| Gc::new(mc, ledger.canary()))));
        let lock = Gc::new(mc, GcRwLock::new([(); 5].map(|()| ledger.canary())));
        let slices =
            (Gc::unsize::<GcRefCell<[_]>>(cell, |cell| cell), Gc::unsize::<GcRwLock<[_]>>(lock, |lock| lock));
        let guard = cell.borrow_mut(mc);
        assert!(slices.0.try_borrow(mc).is_err(), "there is one word for both");
        drop(guard);
        (mc.root(slices.0), mc.root(slices.1))
    });
    assert_eq!(heap.collect().unwrap().live_objects, 5);
    heap.mutate(|mc| {
        let mut cell = cell.get(mc).borrow_mut(mc);
        cell[1] = Gc::new(mc, ledger.canary());
        lock.get(mc).write(mc)[4] = ledger.canary();
        assert_eq!((cell.len(), lock.get(mc).read(mc).len()), (3, 5));
    });
    heap.collect().unwrap();
    assert_eq!(ledger.alive(), 8);
    drop((cell, lock));
    heap.collect().unwrap();
    ledger.assert_all_dropped();
}

/// As the last field of a type, whose size is that of its array.
#[test]
fn an_array_at_the_end_of_a_type() {
    #[derive(Trace)]
    struct Object<'gc, F: ?Sized> {
        class: Gc<'gc, Canary>,
        fields: F,
    }
    let (heap, ledger) = (heap(), Ledger::new(100));
    heap.mutate(|mc| {
        let canary = || Gc::new(mc, ledger.canary());
        let object = Gc::new(mc, Object { class: canary(), fields: GcRefCell::new([canary(), canary()]) });
        let object = Gc::unsize::<Object<'_, GcRefCell<[_]>>>(object, |object| object);
        object.fields.borrow_mut(mc)[1] = canary();
        assert_eq!((object.class.id(), object.fields.borrow(mc)[1].id()), (0, 3));
        let fields = Gc::project(object, |object| &object.fields);
        assert_eq!(fields.borrow(mc).len(), 2);
    });
    heap.collect().unwrap();
    ledger.assert_all_dropped();
}

#[test]
fn guards_show_parts() {
    heap().mutate(|mc| {
        let cell: Gc<'_, GcRefCell<[(u32, String)]>> = GcRefCell::from_fn(mc, 4, |n| (0, n.to_string()));
        let (mut left, mut right) = RefMut::map_split(cell.borrow_mut(mc), |all| all.split_at_mut(2));
        left[0].0 = 1;
        std::mem::swap(&mut left[1], &mut right[1]);
        assert!(cell.try_borrow(mc).is_err());
        drop((left, right));
        let third = Ref::map(cell.borrow(mc), |all| all[3].1.as_str());
        assert_eq!(&*third, "1");
        assert!(cell.try_borrow_mut(mc).is_err());
        drop(third);
        assert!(Ref::filter_map(cell.borrow(mc), |all| all.get(4)).is_err());
        cell.update(mc, |all| all.reverse());
        assert_eq!(cell.borrow(mc).iter().map(|(_, text)| &**text).collect::<String>(), "1230");

        let lock = GcRwLock::from_iter(mc, [1, 2, 3]);
        *WriteGuard::map(lock.write(mc), |all| &mut all[2]) = 4;
        let text = panic_of(|| {
            let _first = ReadGuard::map(lock.read(mc), |all| &all[0]);
            lock.write(mc).len()
        });
        assert!(text.contains("wait for itself"), "{text}");
        assert_eq!(*lock.read(mc), [1, 2, 4]);
    });
}

/// What elements own is counted when the array is made, again when a cycle has seen what has become of it, and not any
/// more when it is dead.
#[test]
fn what_elements_own_is_counted() {
    let heap = heap();
    let owned = || heap.stats().owned_bytes;
    macro_rules! counted {
        ($Cell:ident, $write:ident) => {
            let root: Root<$Cell<[Vec<u8>]>> =
                heap.mutate(|mc| Root::new(mc, $Cell::from_fn(mc, 10, |_| Vec::with_capacity(100))));
            assert_eq!(owned(), 1000);
            heap.mutate(|mc| root.get(mc).$write(mc)[3] = Vec::with_capacity(5000));
            heap.collect().unwrap();
            heap.verify();
            assert_eq!(owned(), 5900);
            heap.mutate(|mc| root.get(mc).$write(mc).iter_mut().for_each(|bytes| *bytes = Vec::new()));
            heap.collect().unwrap();
            assert_eq!(owned(), 0);
            heap.mutate(|mc| root.get(mc).$write(mc)[0].reserve_exact(70));
            heap.collect().unwrap();
            assert_eq!(owned(), 70);
            drop(root);
            heap.collect().unwrap();
            assert_eq!(owned(), 0);
        };
    }
    counted!(GcRefCell, borrow_mut);
    counted!(GcRwLock, write);
}

/// A borrow takes no longer the more elements there are: they are not asked what they own.
#[test]
fn a_borrow_asks_no_element() {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use gc::implement::{Mask, Tally, Tracer};

    static ASKED: AtomicUsize = AtomicUsize::new(0);
    struct Asked(Box<usize>);
    // SAFETY: holds no edge; dropped as nobody knows what.
    unsafe impl Trace<'_> for Asked {
        const MASK: Mask = Mask::EMPTY;
        const TAIL: bool = false;
        const LEAF: bool = true;
        fn trace(&self, _: &mut Tracer) {}
        fn trace_tail(&self, _: &mut Tracer) {}
        fn owned(&self, tally: &mut Tally) {
            ASKED.fetch_add(1, Ordering::Relaxed);
            tally.add(1);
        }
    }
    heap().mutate(|mc| {
        let cell = GcRefCell::from_fn(mc, 100, |n| Asked(Box::new(n)));
        let lock = GcRwLock::from_fn(mc, 100, |n| Asked(Box::new(n)));
        let asked = ASKED.load(Ordering::Relaxed);
        assert_eq!(asked, 200, "at birth");
        assert_eq!((*cell.borrow_mut(mc)[7].0, *lock.write(mc)[8].0), (7, 8));
        assert_eq!(ASKED.load(Ordering::Relaxed), asked);
    });
}

#[test]
fn what_panics_leaves_nothing() {
    let (heap, ledger) = (heap(), Ledger::new(1000));
    heap.mutate(|mc| {
        let canary = |n: usize| if n < 50 { ledger.canary() } else { panic!("no more") };
        assert_eq!(panic_of(|| GcRefCell::from_fn(mc, 100, canary)), "no more");
        assert_eq!(panic_of(|| GcRwLock::from_iter(mc, (0..100).map(canary))), "no more");
        ledger.assert_all_dropped();
        let number = |n: usize| if n < 50 { n } else { panic!("no more") };
        assert_eq!(panic_of(|| GcRefCell::from_fn(mc, 100, number)), "no more");
        assert_eq!(panic_of(|| GcRwLock::from_iter(mc, (0..100).map(number))), "no more");
        // Makes objects meanwhile, of this class, too.
        let nested = GcRefCell::from_fn(mc, 100, |n| GcRefCell::from_fn(mc, n, |m| m));
        assert!(
            nested.borrow(mc).iter().enumerate().all(|(n, inner)| inner.borrow(mc).iter().copied().eq(0..n))
        );
    });
    assert_eq!(heap.collect().unwrap().live_objects, 0);
    heap.verify();
}

#[test]
fn what_has_no_room_is_an_error() {
    let heap = tests::on_request().limit_bytes(1 << 20).build();
    heap.mutate(|mc| {
        assert_eq!(GcRwLock::try_from_fn(mc, 1 << 20, |_| ()).unwrap().read(mc).len(), 1 << 20);
        let error = GcRefCell::try_from_fn(mc, 1 << 20, |n| n).unwrap_err();
        assert!(error.is_limit());
        assert!(GcRefCell::try_from_fn(mc, usize::MAX, |n| n).is_err(), "more bytes than can be counted");
        assert!(GcRwLock::try_from_iter(mc, 0_u64..).unwrap_err().is_limit());
        let text = panic_of(|| GcRwLock::from_fn(mc, 1 << 20, |n| n));
        assert!(text.contains("GcRwLock::from_fn") && text.contains("GcRwLock::try_from_fn"), "{text}");
    });
}

/// Between mutations, in which cycles may mark, pointers wander from array to array: none is lost.
#[test]
fn pointers_that_wander() {
    type Slots = [Option<Gc<'static, Canary>>];
    type Arrays = (Vec<Root<GcRefCell<Slots>>>, Vec<Root<GcRwLock<Slots>>>);
    /// So many that a cycle marks them in several steps.
    const ARRAYS: usize = 200;
    let (heap, ledger) = (heap(), Ledger::new(2 * ARRAYS));
    // One of each kind has more elements than are traced at once.
    let len = |at: usize| if at == 0 { 700 } else { 3 };
    let (cells, locks): Arrays = heap.mutate(|mc| {
        let slot = |n| (n == 1).then(|| Gc::new(mc, ledger.canary()));
        let both = |at| (GcRefCell::from_fn(mc, len(at), slot), GcRwLock::from_fn(mc, len(at), slot));
        (0..ARRAYS).map(both).map(|(cell, lock)| (mc.root(cell), mc.root(lock))).unzip()
    });
    let mut random = Random::new(7);
    let mut below = |n: usize| usize::from(random.pick()) % n;
    for round in 0..rounds(20_000) {
        heap.mutate(|mc| {
            for _ in 0..20 {
                // Taken out of one array, and put into another one that may be marked already.
                let [from, to] = [(); 2].map(|()| below(ARRAYS));
                let [i, j] = [from, to].map(|at| below(len(at)));
                let (cell, lock) = (cells[from].get(mc), locks[to].get(mc));
                let one = cell.borrow_mut(mc)[i].take();
                let other = std::mem::replace(&mut lock.write(mc)[j], one);
                cell.borrow_mut(mc)[i] = other;
            }
        });
        if round % 1000 == 999 {
            heap.collect().unwrap();
            ledger.assert_all_alive();
        }
    }
    heap.mutate(|mc| {
        let cells = cells.iter().flat_map(|cell| cell.get(mc).borrow(mc).to_vec());
        let locks = locks.iter().flat_map(|lock| lock.get(mc).read(mc).to_vec());
        let mut ids: Vec<_> = cells.chain(locks).flatten().map(|canary| canary.id()).collect();
        ids.sort_unstable();
        assert!(ids.into_iter().eq(0..2 * ARRAYS));
    });
    ledger.assert_all_alive();
}

#[test]
fn threads_that_write_one_array() {
    let heap = heap();
    let n = rounds(10_000) as u64;
    let sums: Root<GcRwLock<[u64]>> = heap.mutate(|mc| Root::new(mc, GcRwLock::from_fn(mc, 16, |_| 0)));
    thread::scope(|scope| {
        for at in 0..4 {
            let (heap, sums) = (&heap, &sums);
            scope.spawn(move || {
                for k in 0..n {
                    heap.mutate(|mc| sums.get(mc).write(mc)[usize::try_from(k).unwrap() * at % 16] += 1);
                }
            });
        }
    });
    heap.mutate(|mc| assert_eq!(sums.get(mc).read(mc).iter().sum::<u64>(), 4 * n));
}

#[test]
fn weak_pointers_to_one() {
    type Bytes = GcRefCell<[u8]>;
    let heap = heap();
    let (root, weak): (Root<Bytes>, WeakRoot<Bytes>) = heap.mutate(|mc| {
        let array = GcRefCell::from_iter(mc, *b"text");
        (mc.root(array), mc.weak_root(Gc::downgrade(array, mc)))
    });
    heap.collect().unwrap();
    heap.mutate(|mc| assert_eq!(*weak.get(mc).unwrap().borrow(mc), *b"text"));
    drop(root);
    heap.collect().unwrap();
    heap.mutate(|mc| assert!(weak.get(mc).is_none()));
}
