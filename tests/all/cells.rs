//! Cells of one word and cells that are written once: what is put in comes out, what is in them is kept, and what
//! was in them is not.

use std::sync::Barrier;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use gc::{
    Gc, GcCell, GcOnce, GcRefCell, GcRwLock, GcSlice, GcVec, Heap, Mutation, Root, Tagged, Trace, Word,
};
use tests::canary::{Canary, Ledger};
use tests::watchdog::watched;
use tests::{panic_of, rounds};

fn heap() -> Heap {
    tests::on_request().build()
}

/// A newtype around a word.
#[derive(Trace, Word, Clone, Copy, Debug, PartialEq)]
struct Meters(i64);

/// A value of an interpreter.
#[derive(Trace, Word, Clone, Copy, Debug)]
enum Value<'gc> {
    Nil,
    Bool(bool),
    Int(i32),
    Letter(char),
    Real(f32),
    Canary(Gc<'gc, Canary>),
    Byte(Gc<'gc, u8>),
    Perhaps(Option<Gc<'gc, Canary>>),
}

impl PartialEq for Value<'_> {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Nil, Self::Nil) => true,
            (Self::Bool(a), Self::Bool(b)) => a == b,
            (Self::Int(a), Self::Int(b)) => a == b,
            (Self::Letter(a), Self::Letter(b)) => a == b,
            (Self::Real(a), Self::Real(b)) => a.to_bits() == b.to_bits(),
            (Self::Canary(a), Self::Canary(b)) => Gc::ptr_eq(*a, *b),
            (Self::Byte(a), Self::Byte(b)) => Gc::ptr_eq(*a, *b),
            (Self::Perhaps(a), Self::Perhaps(b)) => match (a, b) {
                (Some(a), Some(b)) => Gc::ptr_eq(*a, *b),
                (a, b) => a.is_none() && b.is_none(),
            },
            _ => false,
        }
    }
}

/// Puts values into a cell in every way and asserts that they come out.
#[track_caller]
fn keeps<'gc, T: Word<'gc> + PartialEq + core::fmt::Debug>(mc: &Mutation<'gc>, values: &[T]) {
    for &value in values {
        let cell = GcCell::new(value);
        assert_eq!(cell.get(), value);
        for &next in values {
            cell.set(mc, value);
            assert_eq!(cell.replace(mc, next), value);
            assert_eq!(cell.get(), next);
            assert_eq!(cell.compare_exchange(mc, next, value), Ok(next));
            assert_eq!(cell.get(), value);
            cell.set_tagged(mc, Tagged::new(next));
            assert_eq!((cell.get(), cell.get_tagged().get()), (next, next));
            assert_eq!(Tagged::new(value).is_same(cell.get_tagged()), next == value);
            cell.set_tagged(mc, GcCell::new_tagged(Tagged::from(value)).get_tagged());
            assert_eq!(cell.get(), value);
            if next != value {
                assert_eq!(cell.compare_exchange(mc, next, next), Err(value));
                assert_eq!(cell.get(), value);
            }
        }
    }
}

#[test]
fn every_word_comes_out_as_it_was_put_in() {
    let ledger = Ledger::new(2);
    heap().mutate(|mc| {
        keeps(mc, &[0_u8, 1, u8::MAX]);
        keeps(mc, &[0_u16, 1, u16::MAX]);
        keeps(mc, &[0_u32, 1, u32::MAX]);
        keeps(mc, &[0_u64, 1, 1 << 63, 0x7000_0000_0000, u64::MAX]);
        keeps(mc, &[0_usize, 1, usize::MAX]);
        keeps(mc, &[0_i8, 1, -1, i8::MIN, i8::MAX]);
        keeps(mc, &[0_i16, 1, -1, i16::MIN, i16::MAX]);
        keeps(mc, &[0_i32, 1, -1, i32::MIN, i32::MAX]);
        keeps(mc, &[0_i64, 1, -1, i64::MIN, i64::MAX]);
        keeps(mc, &[0_isize, 1, -1, isize::MIN, isize::MAX]);
        keeps(mc, &[0.0_f32, -0.5, f32::MAX, f32::INFINITY]);
        keeps(mc, &[0.0_f64, -0.5, f64::MAX, f64::NEG_INFINITY]);
        keeps(mc, &[true, false]);
        keeps(mc, &['\0', 'ä', char::MAX]);
        keeps(mc, &[()]);
        keeps(mc, &[Meters(0), Meters(-1), Meters(i64::MAX)]);
        let (a, b) = (Gc::new(mc, 1_u64), Gc::new(mc, 2_u64));
        keeps(mc, &[a, b]);
        keeps(mc, &[Some(a), None, Some(b)]);
        let (canary, other) = (Gc::new(mc, ledger.canary()), Gc::new(mc, ledger.canary()));
        let odd = Gc::project(Gc::from_slice(mc, &[1_u8, 2, 3]), |bytes| &bytes[1]);
        keeps(
            mc,
            &[
                Value::Nil,
                Value::Bool(false),
                Value::Bool(true),
                Value::Int(0),
                Value::Int(-1),
                Value::Int(i32::MIN),
                Value::Letter(char::MAX),
                Value::Real(-0.0),
                Value::Real(f32::MAX),
                Value::Canary(canary),
                Value::Canary(other),
                Value::Byte(odd),
                Value::Perhaps(None),
                Value::Perhaps(Some(canary)),
            ],
        );
    });
}

/// One object with a cell of every kind.
#[derive(Trace)]
struct Cells<'gc> {
    option: GcCell<Option<Gc<'gc, Canary>>>,
    plain: GcCell<Gc<'gc, Canary>>,
    value: GcCell<Value<'gc>>,
    borrowed: GcRefCell<Vec<Gc<'gc, Canary>>>,
    locked: GcRwLock<Vec<Gc<'gc, Canary>>>,
    once: GcOnce<Vec<Gc<'gc, Canary>>>,
}

#[test]
fn contents_are_kept_and_replaced_contents_are_not() {
    let (heap, ledger) = (heap(), Ledger::new(100));
    let cells: Root<Cells<'static>> = heap.mutate(|mc| {
        let new = || Gc::new(mc, ledger.canary());
        mc.root(Gc::new(
            mc,
            Cells {
                option: GcCell::new(Some(new())),
                plain: GcCell::new(new()),
                value: GcCell::new(Value::Canary(new())),
                borrowed: GcRefCell::new(vec![new()]),
                locked: GcRwLock::new(vec![new()]),
                once: GcOnce::new(),
            },
        ))
    });
    let alive = || {
        heap.collect().unwrap();
        heap.verify();
        (0..ledger.made()).filter(|&id| ledger.is_alive(id)).collect::<Vec<_>>()
    };
    assert_eq!(alive(), [0, 1, 2, 3, 4]);
    heap.mutate(|mc| {
        let (cells, new) = (cells.get(mc), || Gc::new(mc, ledger.canary()));
        cells.option.set(mc, None);
        assert_eq!(cells.plain.replace(mc, new()).id(), 1);
        cells.value.set(mc, Value::Perhaps(Some(new())));
        cells.borrowed.borrow_mut(mc)[0] = new();
        cells.locked.write(mc).extend([new(), new()]);
        cells.once.set(mc, vec![new()]).unwrap();
        // A value that comes too late is given back, and is garbage.
        assert_eq!(cells.once.set(mc, vec![new()]).unwrap_err()[0].id(), 11);
    });
    assert_eq!(alive(), [4, 5, 6, 7, 8, 9, 10]);
    heap.mutate(|mc| {
        let (cells, new) = (cells.get(mc), || Gc::new(mc, ledger.canary()));
        let six = cells.value.get();
        assert!(matches!(six, Value::Perhaps(Some(canary)) if canary.id() == 6));
        assert!(cells.value.compare_exchange(mc, six, Value::Int(-1)).is_ok());
        cells.option.set(mc, Some(new()));
        // Growing moves the contents of a vector.
        cells.borrowed.borrow_mut(mc).extend((0..50).map(|_| new()));
        cells.locked.write(mc).clear();
    });
    let alive_now = alive();
    assert_eq!(alive_now[..3], [5, 7, 10]);
    assert_eq!(alive_now[3..], (12..63).collect::<Vec<_>>());
    drop(cells);
    assert_eq!(alive(), [0_usize; 0]);
}

/// Wherever a word lies it is an edge, and no more than that.
#[test]
fn tagged_values_keep_what_they_lead_to() {
    #[derive(Trace)]
    struct Tags<'gc> {
        field: Tagged<Value<'gc>>,
        pointer: Tagged<Gc<'gc, Canary>>,
        stack: GcRefCell<GcVec<'gc, Tagged<Value<'gc>>>>,
        constants: GcSlice<'gc, Tagged<Value<'gc>>>,
        owned: GcRefCell<Vec<Tagged<Value<'gc>>>>,
    }
    let (heap, ledger) = (heap(), Ledger::new(9));
    let tags: Root<Tags<'static>> = heap.mutate(|mc| {
        let new = || Gc::new(mc, ledger.canary());
        let canary = || Tagged::new(Value::Canary(new()));
        let stack = [canary(), Tagged::new(Value::Perhaps(Some(new()))), Tagged::new(Value::Int(7))];
        let constants = [Tagged::new(Value::Nil), canary()];
        let tags = Tags {
            stack: GcRefCell::new(GcVec::from_iter(mc, stack)),
            constants: GcSlice::from_slice(mc, &constants),
            field: canary(),
            pointer: Tagged::new(new()),
            owned: GcRefCell::new(vec![canary(), Tagged::new(Value::Real(0.5))]),
        };
        mc.root(Gc::new(mc, tags))
    });
    let alive = || {
        heap.collect().unwrap();
        heap.verify();
        (0..ledger.made()).filter(|&id| ledger.is_alive(id)).collect::<Vec<_>>()
    };
    assert_eq!(alive(), [0, 1, 2, 3, 4, 5]);
    heap.mutate(|mc| {
        let tags = tags.get(mc);
        let canary = |tag: Tagged<Value<'_>>| match tag.get() {
            Value::Canary(canary) | Value::Perhaps(Some(canary)) => canary.id(),
            other => panic!("{other:?} is no canary"),
        };
        let mut stack = tags.stack.borrow_mut(mc);
        assert_eq!(
            (stack.pop().map(Tagged::get), canary(stack[0]), canary(stack[1])),
            (Some(Value::Int(7)), 0, 1)
        );
        assert_eq!((canary(tags.constants[1]), canary(tags.field), tags.pointer.get().id()), (2, 3, 4));
        stack[0] = tags.constants[1];
        stack.truncate(1);
        tags.owned.borrow_mut(mc).remove(0);
    });
    assert_eq!(alive(), [2, 3, 4]);
    drop(tags);
    assert_eq!(alive(), [0_usize; 0]);
}

/// Numbers that look like addresses of dead objects are numbers.
#[test]
fn integers_are_no_edges() {
    let (heap, ledger) = (heap(), Ledger::new(3));
    let cells: Root<(GcCell<u64>, GcCell<usize>, GcCell<Value<'static>>)> = heap.mutate(|mc| {
        let address = |gc: Gc<'_, Canary>| Gc::as_ptr(gc).addr();
        let at = [(); 3].map(|()| address(Gc::new(mc, ledger.canary())));
        let low = i32::from_ne_bytes(u32::try_from(at[2] & 0xFFFF_FFFF).unwrap().to_ne_bytes());
        let cells = (GcCell::new(at[0] as u64), GcCell::new(at[1]), GcCell::new(Value::Int(low)));
        Root::new(mc, Gc::new(mc, cells))
    });
    heap.collect().unwrap();
    ledger.assert_all_dropped();
    heap.mutate(|mc| assert!(cells.get(mc).0.get() > 0));
}

#[test]
fn eight_threads_count_with_compare_exchange() {
    let heap = Heap::new();
    let cell: Root<GcCell<u64>> = heap.mutate(|mc| Root::new(mc, Gc::new(mc, GcCell::new(0_u64))));
    let n = rounds(20_000);
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                heap.mutate(|mc| {
                    let cell = cell.get(mc);
                    for _ in 0..n {
                        let mut now = cell.get();
                        while let Err(other) = cell.compare_exchange(mc, now, now + 1) {
                            now = other;
                        }
                    }
                });
            });
        }
    });
    assert_eq!(heap.mutate(|mc| cell.get(mc).get()), 8 * n as u64);
}

#[test]
fn once_is_written_once() {
    watched("a race to write once", || {
        for _ in 0..rounds(300) {
            let (heap, ledger, start) = (heap(), Ledger::new(16), Barrier::new(8));
            let once: Root<GcOnce<Canary>> = heap.mutate(|mc| Root::new(mc, Gc::new(mc, GcOnce::new())));
            let (won, values) = (AtomicUsize::new(0), std::sync::Mutex::new(Vec::new()));
            thread::scope(|scope| {
                for at in 0..8 {
                    let (heap, ledger, start, once, won, values) =
                        (&heap, &ledger, &start, &once, &won, &values);
                    scope.spawn(move || {
                        heap.mutate(|mc| {
                            let once = once.get(mc);
                            start.wait();
                            if at % 2 == 0 {
                                won.fetch_add(
                                    usize::from(once.set(mc, ledger.canary()).is_ok()),
                                    Ordering::Relaxed,
                                );
                            }
                            let id = once.get_or_init(mc, || ledger.canary()).id();
                            values.lock().unwrap().push(id);
                        });
                    });
                }
            });
            let values = values.into_inner().unwrap();
            assert!(values.iter().all(|id| *id == values[0]) && won.load(Ordering::Relaxed) <= 1);
            assert_eq!(ledger.alive(), 1, "all others are dropped");
            heap.collect().unwrap();
            assert!(ledger.is_alive(values[0]));
            drop(once);
            heap.collect().unwrap();
            ledger.assert_all_dropped();
        }
    });
}

#[test]
fn once_by_hand() {
    heap().mutate(|mc| {
        let mut once = GcOnce::with_value(3_u64);
        assert_eq!((once.get_mut().copied(), once.get()), (Some(3), Some(&3)));
        assert_eq!(format!("{once:?} {:?}", GcOnce::<u64>::new()), "GcOnce(3) GcOnce(empty)");
        assert_eq!(once.set(mc, 4), Err(4));
        assert_eq!(once.into_inner(), Some(3));
        assert_eq!(GcOnce::<u64>::default().get(), None);
        // Whoever is in `make` may be overtaken, even by itself.
        let once = Gc::new(mc, GcOnce::new());
        let value = once.get_or_init(mc, || {
            once.set(mc, 1_u64).unwrap();
            2
        });
        assert_eq!(*value, 1);
    });
}

#[test]
fn objects_that_point_to_themselves() {
    #[derive(Trace)]
    struct Me<'gc> {
        canary: Canary,
        me: Gc<'gc, GcOnce<Me<'gc>>>,
    }
    let (heap, ledger) = (heap(), Ledger::new(4));
    let me: Root<Me<'static>> = heap.mutate(|mc| {
        let me = Gc::new_cyclic(mc, |me| {
            assert!(me.get().is_none());
            Me { canary: ledger.canary(), me }
        });
        assert!(Gc::ptr_eq(Gc::project(me.me, |place| place.get().unwrap()), me));
        // The closure may set the place itself; what it returns then is dropped.
        let other = Gc::new_cyclic(mc, |me| {
            assert!(me.set(mc, Me { canary: ledger.canary(), me }).is_ok());
            Me { canary: ledger.canary(), me }
        });
        assert_eq!((other.canary.id(), ledger.alive()), (1, 2));
        assert!(Gc::try_new_cyclic(mc, |me| Me { canary: ledger.canary(), me }).is_ok());
        mc.root(me)
    });
    assert_eq!(heap.collect().unwrap().live_objects, 1);
    heap.mutate(|mc| assert_eq!(me.get(mc).me.get().unwrap().canary.id(), 0));
    drop(me);
    heap.collect().unwrap();
    ledger.assert_all_dropped();
    let small = Heap::builder().limit_bytes(1 << 10).build();
    let text =
        small.mutate(|mc| panic_of(|| Gc::new_cyclic(mc, |_: Gc<'_, GcOnce<[u64; 1000]>>| [0; 1000])[0]));
    assert!(text.contains("Gc::new_cyclic: no room"), "{text}");
}

#[test]
fn cells_print_without_following_edges() {
    heap().mutate(|mc| {
        let cell = Gc::new(mc, GcCell::new(None));
        assert_eq!(format!("{cell:?}"), "GcCell(0x0)");
        let target = Gc::new(mc, 1_u64);
        cell.set(mc, Some(target));
        assert_eq!(format!("{cell:?}"), format!("GcCell({target:p})"));
    });
}
