//! What cells do in one call: replace, take, swap, update, arithmetic; borrows through a `Gc`; what an error says.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::thread;

use gc::{
    BorrowError, ByAddress, Gc, GcCell, GcOnce, GcRefCell, GcRwLock, Heap, Mutation, ReadGuard, Ref, RefMut,
    Root, RootByAddress, Trace, WriteGuard,
};
use tests::canary::{Canary, Ledger};
use tests::programs::random::Random;
use tests::{panic_of, panic_place, rounds};

fn heap() -> Heap {
    tests::on_request().build()
}

#[test]
fn a_ref_cell_in_one_call() {
    let heap = heap();
    let cell: Root<GcRefCell<Vec<u64>>> = heap.mutate(|mc| {
        let cell = Gc::new(mc, GcRefCell::new(vec![1_u64]));
        assert_eq!(cell.replace(mc, Vec::with_capacity(100)), [1]);
        assert_eq!(cell.update(mc, |numbers| (numbers.push(2), numbers.len())), ((), 1));
        let other = Gc::new(mc, GcRefCell::new(Vec::new()));
        cell.swap(mc, &other);
        assert_eq!((cell.borrow(mc).len(), other.borrow(mc).len()), (0, 1));
        cell.swap(mc, &other);
        mc.root(cell)
    });
    assert_eq!(heap.stats().owned_bytes, 800);
    heap.mutate(|mc| assert_eq!(cell.get(mc).take(mc), [2]));
    assert_eq!(heap.stats().owned_bytes, 0);
}

#[test]
fn a_ref_cell_that_is_borrowed_says_which_call_failed_where() {
    heap().mutate(|mc| {
        let cell = Gc::new(mc, GcRefCell::new(vec![1]));
        let guard = cell.borrow(mc);
        assert!(panic_of(|| cell.replace(mc, vec![])).contains("GcRefCell::replace: the cell is already"));
        assert!(panic_of(|| cell.take(mc)).contains("GcRefCell::take"));
        assert!(panic_of(|| cell.update(mc, Vec::clear)).contains("GcRefCell::update"));
        let (place, line) = (panic_place(|| cell.take(mc)), line!());
        assert_eq!(place, (file!().to_owned(), line));
        drop(guard);
        assert!(panic_of(|| cell.swap(mc, &cell)).contains("GcRefCell::swap"));
        // Nothing of this has left the cell borrowed, nor does a closure that panics.
        panic_of(|| cell.update(mc, |_| panic!("no change")));
        assert_eq!(cell.take(mc), [1]);
    });
}

/// Values of two words, each read as it was written.
#[test]
fn a_ref_cell_of_what_is_copied() {
    #[derive(Trace, Clone, Copy, Debug)]
    enum Value<'gc> {
        Int(i64),
        Canary(Gc<'gc, Canary>),
    }
    /// So many that a cycle marks them in several steps.
    const VARIABLES: usize = 300;
    let (heap, ledger) = (heap(), Ledger::new(100_000));
    let variables: Vec<Root<GcRefCell<Value<'static>>>> = heap
        .mutate(|mc| (0..VARIABLES).map(|_| mc.root(Gc::new(mc, GcRefCell::new(Value::Int(7))))).collect());
    let (mut alive, mut random) = ([None; VARIABLES], Random::new(5));
    for round in 0..rounds(20_000) {
        heap.mutate(|mc| {
            for _ in 0..4 {
                let [from, to, new] = [(); 3].map(|()| usize::from(random.pick()) % VARIABLES);
                let canary = ledger.canary();
                alive[new] = Some(canary.id());
                variables[new].get(mc).set(mc, Value::Canary(Gc::new(mc, canary)));
                // From place to place, of which one may be marked already; what was there is lost.
                let value = variables[from].get(mc).get(mc);
                variables[from].get(mc).set(mc, Value::Int(7));
                variables[to].get(mc).set(mc, value);
                let moved = alive[from].take();
                alive[to] = moved;
            }
        });
        if round % 1000 == 999 {
            heap.collect().unwrap();
            assert_eq!(ledger.alive(), alive.iter().flatten().count());
        }
    }
    heap.mutate(|mc| {
        for (variable, alive) in variables.iter().zip(alive) {
            match variable.get(mc).get(mc) {
                Value::Int(number) => assert!(number == 7 && alive.is_none()),
                Value::Canary(canary) => assert_eq!(Some(canary.id()), alive),
            }
        }
    });
}

#[test]
fn get_and_set_look_whether_the_cell_is_borrowed() {
    let heap = heap();
    let root: Root<GcRefCell<[u64; 2]>> = heap.mutate(|mc| mc.root(Gc::new(mc, GcRefCell::new([1_u64, 2]))));
    heap.mutate(|mc| {
        let cell = root.get(mc);
        let shared = cell.borrow(mc);
        assert_eq!(cell.get(mc), [1, 2]);
        let text = panic_of(|| cell.set(mc, [3, 4]));
        assert!(text.contains("GcRefCell::set: the cell is already borrowed"), "{text}");
        drop(shared);
        let exclusive = cell.borrow_mut(mc);
        for text in [panic_of(|| cell.set(mc, [3, 4])), panic_of(|| cell.get(mc))] {
            assert!(text.contains("the cell is already borrowed exclusively"), "{text}");
        }
        let (place, line) = (panic_place(|| cell.get(mc)), line!());
        assert_eq!(place, (file!().to_owned(), line));
        drop(exclusive);
        cell.set(mc, [3, 4]);
        assert_eq!((cell.get(mc), *cell.borrow(mc)), ([3, 4], [3, 4]));
        // Neither leaves a borrow behind.
        cell.borrow_mut(mc)[0] = 5;
        assert_eq!(cell.get(mc), [5, 4]);
    });
    // Threads take it over from each other.
    let n = rounds(2000) as u64;
    let turn = std::sync::Mutex::new(());
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..n {
                    let _turn = turn.lock().unwrap();
                    heap.mutate(|mc| {
                        let [a, b] = root.get(mc).get(mc);
                        root.get(mc).set(mc, [a + 1, b + 2]);
                    });
                }
            });
        }
    });
    heap.mutate(|mc| assert_eq!(root.get(mc).get(mc), [5 + 4 * n, 4 + 8 * n]));
}

#[test]
fn a_lock_in_one_call() {
    heap().mutate(|mc| {
        let lock = Gc::new(mc, GcRwLock::new(vec![1]));
        assert_eq!(lock.replace(mc, vec![2]), [1]);
        let guard = lock.read(mc);
        let text = panic_of(|| lock.take(mc));
        assert!(text.contains("GcRwLock::take") && text.contains("for reading"), "{text}");
        let (place, line) = (panic_of(|| lock.replace(mc, vec![])), line!());
        assert!(place.contains(&format!("{}:{line}", file!())), "{place}");
        drop(guard);
        assert_eq!(lock.take(mc), [2]);
        assert!(lock.read(mc).is_empty());
    });
}

#[test]
fn numbers_wrap_around_and_bits_are_kept() {
    heap().mutate(|mc| {
        let byte = GcCell::new(250_u8);
        assert_eq!((byte.fetch_add(mc, 10), byte.fetch_sub(mc, 5), byte.get()), (250, 4, 255));
        let negative = GcCell::new(i64::MIN);
        assert_eq!((negative.fetch_sub(mc, 1), negative.get()), (i64::MIN, i64::MAX));
        let small = GcCell::new(-1_i8);
        assert_eq!((small.fetch_xor(mc, 1), small.fetch_and(mc, 0x7F), small.get()), (-1, -2, 0x7E));
        let word = GcCell::new(usize::MAX);
        assert_eq!((word.fetch_and(mc, 6), word.fetch_or(mc, 1), word.get()), (usize::MAX, 6, 7));
        let flag = GcCell::new(false);
        assert_eq!((flag.fetch_or(mc, true), flag.fetch_xor(mc, true), flag.get()), (false, true, false));
        assert_eq!((flag.fetch_and(mc, true), flag.get()), (false, false));
        assert!((!flag.replace(mc, true)) && flag.take(mc) && !flag.get());
    });
}

#[test]
fn threads_lose_no_update() {
    let (heap, n) = (heap(), rounds(50_000) as u64);
    let cells: Root<(GcCell<u32>, GcCell<u64>)> =
        heap.mutate(|mc| mc.root(Gc::new(mc, (GcCell::new(0_u32), GcCell::new(0_u64)))));
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..n {
                    heap.mutate(|mc| {
                        let cells = cells.get(mc);
                        cells.0.fetch_add(mc, 1);
                        cells.1.update(mc, |sum| sum + 2);
                    });
                }
            });
        }
    });
    heap.mutate(|mc| assert_eq!((u64::from(cells.get(mc).0.get()), cells.get(mc).1.get()), (4 * n, 8 * n)));
}

#[test]
fn edges_are_taken_swapped_and_updated() {
    type Edge<'gc> = GcCell<Option<Gc<'gc, Canary>>>;
    let (heap, ledger) = (heap(), Ledger::new(3));
    let cells: Root<[GcCell<Option<Gc<'static, Canary>>>; 2]> = heap.mutate(|mc| {
        let edge = || -> Edge<'_> { GcCell::new(Some(Gc::new(mc, ledger.canary()))) };
        mc.root(Gc::new(mc, [edge(), edge()]))
    });
    let ids = || heap.mutate(|mc| cells.get(mc).each_ref().map(|cell| cell.get().map(|canary| canary.id())));
    let before = ids();
    heap.mutate(|mc| cells.get(mc)[0].swap(mc, &cells.get(mc)[1]));
    heap.collect().unwrap();
    assert_eq!((ids(), ledger.alive()), ([before[1], before[0]], 2));
    heap.mutate(|mc| {
        let old = cells.get(mc)[0].update(mc, |_| Some(Gc::new(mc, ledger.canary())));
        assert_eq!(old.map(|canary| canary.id()), before[1]);
        assert_eq!(cells.get(mc)[1].take(mc).map(|canary| canary.id()), before[0]);
    });
    heap.collect().unwrap();
    assert_eq!((ledger.alive(), ids()[1]), (1, None));
}

#[test]
fn an_initialiser_may_fail_panic_and_set_the_cell_itself() {
    heap().mutate(|mc| {
        let cell = Gc::new(mc, GcOnce::new());
        assert_eq!(cell.get_or_try_init(mc, || Err::<String, _>("no")), Err("no"));
        panic_of(|| cell.get_or_init(mc, || panic!("no value")).len());
        assert_eq!(cell.get(), None);
        let inner = cell.get_or_init(mc, || {
            assert_eq!(cell.get_or_init(mc, || "the inner one".into()), "the inner one");
            "the outer one".into()
        });
        assert_eq!(inner, "the inner one");
        assert_eq!(cell.get_or_try_init(mc, || Err(())), Ok(&String::from("the inner one")));
    });
}

#[test]
fn an_error_says_how_the_cell_is_borrowed_and_where() {
    heap().mutate(|mc| {
        let cell = Gc::new(mc, GcRefCell::new(1));
        let (first, line) = (cell.borrow(mc), line!());
        let again = cell.borrow(mc);
        let error = cell.try_borrow_mut(mc).unwrap_err();
        // Whatever other tests borrow may have taken the room for what is noted.
        let taken = error.place();
        assert!(!error.is_exclusive() && (cfg!(debug_assertions) || taken.is_none()));
        assert!(taken.is_none_or(|place| (place.file(), place.line()) == (file!(), line)), "{taken:?}");
        drop((first, again));
        let (_guard, line) = (cell.borrow_mut(mc), line!());
        let error = cell.try_borrow(mc).unwrap_err();
        let text = error.to_string();
        assert!(text.contains("already borrowed exclusively"), "{text}");
        assert_eq!(text.contains("debug build"), !cfg!(debug_assertions), "{text}");
        let place = format!(" at {}:{line}:", file!());
        assert_eq!(text.contains(&place), error.place().is_some(), "{text}");
    });
}

/// Each of these would not compile if the guard borrowed the pointer.
#[test]
fn guards_outlive_the_pointer_that_they_were_borrowed_through() {
    type Names = GcRefCell<Vec<String>>;
    type Locked = GcRwLock<Vec<String>>;
    fn shared<'gc>(mc: &'gc Mutation<'gc>, cell: Gc<'gc, Names>) -> Ref<'gc, str> {
        let local = cell;
        Ref::map(local.borrow(mc), |names| &*names[0])
    }
    fn exclusive<'a>(mc: &'a Mutation<'_>, root: &Root<Names>) -> RefMut<'a, Vec<String>> {
        root.get(mc).borrow_mut(mc)
    }
    fn tried<'a>(mc: &'a Mutation<'_>, root: &Root<Names>) -> Result<Ref<'a, Vec<String>>, BorrowError> {
        root.get(mc).try_borrow_mut(mc)?.push("tried".into());
        root.get(mc).try_borrow(mc)
    }
    fn reading<'a>(mc: &'a Mutation<'_>, root: &Root<Locked>) -> ReadGuard<'a, Vec<String>> {
        root.get(mc).try_read(mc).unwrap_or_else(|| root.get(mc).read(mc))
    }
    fn writing<'a>(mc: &'a Mutation<'_>, root: &Root<Locked>) -> WriteGuard<'a, Vec<String>> {
        root.get(mc).try_write(mc).unwrap_or_else(|| root.get(mc).write(mc))
    }
    let heap = heap();
    let (cell, lock): (Root<Names>, Root<Locked>) =
        heap.mutate(|mc| (mc.root(Gc::new(mc, Names::default())), mc.root(Gc::new(mc, Locked::default()))));
    heap.mutate(|mc| {
        let mut names = cell.get(mc).borrow_mut(mc);
        names.push("a".into());
        drop(names);
        exclusive(mc, &cell).push("b".into());
        assert_eq!(&*shared(mc, cell.get(mc)), "a");
        assert_eq!(tried(mc, &cell).unwrap().len(), 3);
        writing(mc, &lock).push("a".into());
        let (one, other) = (reading(mc, &lock), reading(mc, &lock));
        assert_eq!(one[0], other[0]);
    });
}

/// On every way to the cell, and with the place of the call where they fail.
#[test]
fn borrows_through_a_pointer_are_those_of_the_cell() {
    let (ours, theirs) = (heap(), heap());
    ours.mutate(|mc| {
        let cell = Gc::new(mc, GcRefCell::new(1_u64));
        *cell.borrow_mut(mc) += 1;
        assert_eq!(*cell.borrow(mc), 2);
        let by_reference = &cell;
        *by_reference.borrow_mut(mc) += 1;
        // Of a heap that is not that of the pointer, if the contents have no brand.
        theirs.mutate(|other| *cell.borrow_mut(other) += 1);
        // A cell in an object, behind a reference.
        let field = Gc::new(mc, (GcRefCell::new(1_u64), 2));
        *field.0.borrow_mut(mc) += *cell.borrow(mc);
        assert_eq!(*field.0.borrow(mc), 5);
        let _guard = cell.borrow(mc);
        let (place, line) = (panic_place(|| *cell.borrow_mut(mc) = 2), line!());
        assert_eq!(place, (file!().to_owned(), line));
    });
}

/// They take the pointer as it is, and so come before the traits of std, which hide the methods of the cell.
#[test]
fn borrows_are_not_hidden_by_the_traits_of_std() {
    use std::borrow::{Borrow, BorrowMut};
    heap().mutate(|mc| {
        let cell = Gc::new(mc, GcRefCell::new(1_u64));
        *cell.borrow_mut(mc) += 1;
        assert_eq!(*cell.borrow(mc), 2);
        let whole: &GcRefCell<u64> = Borrow::borrow(&cell);
        assert_eq!(*GcRefCell::borrow(whole, mc), 2);
        let mut text = String::from("text");
        let text: &mut str = text.borrow_mut();
        assert_eq!(text, "text");
    });
}

/// On the other threads of a mutation.
#[test]
fn guards_of_forks_end_with_their_thread() {
    heap().mutate(|mc| {
        let lock = Gc::new(mc, GcRwLock::new(vec![0_u64]));
        let seed = mc.fork();
        thread::scope(|scope| {
            for _ in 0..3 {
                scope.spawn(|| {
                    seed.enter(|mc| WriteGuard::map(lock.write(mc), |all| &mut all[0]).add_assign_one())
                });
            }
        });
        assert_eq!(*lock.read(mc), [3]);
    });
}

trait AddOne {
    fn add_assign_one(self);
}
impl AddOne for WriteGuard<'_, u64> {
    fn add_assign_one(mut self) {
        *self += 1;
    }
}

#[test]
fn roots_by_identity() {
    let heap = heap();
    let (a, again, b, part) = heap.mutate(|mc| {
        let (a, b) = (Gc::new(mc, [1_u64, 1]), Gc::new(mc, [1_u64, 1]));
        (mc.root(a), mc.root(a), mc.root(b), mc.root(Gc::project(a, |array| &array[1])))
    });
    assert!(Root::ptr_eq(&a, &again) && Root::ptr_eq(&a, &a.clone()) && !Root::ptr_eq(&a, &b));
    heap.mutate(|mc| assert!(!Root::ptr_eq(&part, &mc.root(Gc::project(a.get(mc), |array| &array[0])))));
    let hash = |root: &Root<[u64; 2]>| {
        let mut hasher = DefaultHasher::new();
        RootByAddress(root.clone()).hash(&mut hasher);
        hasher.finish()
    };
    assert_eq!(hash(&a), hash(&again));
    let mut set: HashSet<_> = [&a, &again, &b].map(|root| RootByAddress(root.clone())).into();
    assert_eq!(set.len(), 2);
    drop((a, b));
    heap.collect().unwrap();
    assert!(set.remove(&again.clone().into()));
    heap.mutate(|mc| assert_eq!(*again.get(mc), [1, 1]));
    // When the heap has ended its addresses mean nothing to another one.
    drop(heap);
    assert!(Root::ptr_eq(&again, &again.clone()));
    for _ in 0..20 {
        let other = self::heap();
        let root = other.mutate(|mc| mc.root(Gc::new(mc, [1_u64, 1])));
        assert!(!Root::ptr_eq(&root, &again) && !set.contains(&RootByAddress(root)));
    }
    assert!(format!("{:?}", RootByAddress(again)).starts_with("RootByAddress(Root("));
}

#[test]
fn pointers_by_identity_print_and_last_as_pointers_do() {
    fn longer<'gc>(by_address: &ByAddress<'gc, String>) -> &'gc String {
        let local = *by_address;
        ByAddress::as_ref(local)
    }
    heap().mutate(|mc| {
        let name = longer(&ByAddress(Gc::new(mc, String::from("Ada"))));
        assert_eq!(name, "Ada");
        assert_eq!(ByAddress(Gc::new(mc, 7)).to_string(), "7");
        assert_eq!(format!("{:>4}", ByAddress(Gc::new(mc, String::from("a")))), "   a");
    });
}
