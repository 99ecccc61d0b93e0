//! Pins, by the statements 195 to 202 of Go's pinner that say something of this library, and the probe.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

use gc::{Gc, GcCell, GcRefCell, Heap, Pinned, PinsLeft, Root, WeakRoot};
use tests::canary::{Canary, Ledger};
use tests::kinds::{self, Kind};
use tests::shapes::{self, Node};
use tests::{panic_of, rounds};

fn heap() -> Heap {
    tests::on_request().build()
}

/// [195] What no slot of its own is needed for can be pinned like anything else.
#[test]
fn whatever_a_gc_points_to_can_be_pinned() {
    let heap = heap();
    let empty = heap.mutate(|mc| mc.pin(Gc::new(mc, ())));
    let text = heap.mutate(|mc| mc.pin(Gc::str(mc, "pinned")));
    let ledger = Ledger::new(1);
    let shown: Pinned<dyn Kind<'static>> = heap.mutate(|mc| mc.pin(kinds::all()[0](mc, 7, &ledger)));
    let large = heap.mutate(|mc| mc.pin(Gc::from_slice(mc, &vec![7_u8; 1 << 20])));
    heap.collect().unwrap();
    heap.mutate(|mc| {
        assert_eq!((*empty.get(mc), &*text.get(mc)), ((), "pinned"));
        assert_eq!(shown.get(mc).check(), 7);
        assert!(large.get(mc).iter().all(|&byte| byte == 7));
        assert_eq!(Gc::as_ptr(large.get(mc)), large.as_ptr());
    });
    assert_eq!(heap.stats().pins, 4);
    heap.verify();
}

/// [196, 197] Pins of one object are counted, and the last one that ends lets it go.
#[test]
fn pins_of_an_object_are_counted() {
    let (heap, ledger) = (heap(), Ledger::new(1));
    let mut pins: Vec<Pinned<Canary>> = heap.mutate(|mc| {
        let gc = Gc::new(mc, ledger.canary());
        (0..10).map(|n| if n % 2 == 0 { mc.pin(gc) } else { Pinned::new(mc, gc) }).collect()
    });
    while let Some(last) = pins.last() {
        assert_eq!(last.count(), pins.len() as u64);
        assert_eq!(heap.pins()[0].count, pins.len() as u64);
        heap.collect().unwrap();
        ledger.assert_all_alive();
        heap.verify();
        pins.pop();
    }
    assert_eq!((heap.pins(), heap.stats().pins, heap.stats().roots), (vec![], 0, 0));
    heap.collect().unwrap();
    ledger.assert_all_dropped();
    heap.verify();
}

/// [202] Parts of an object are pinned with it, and count as it does.
#[test]
fn pins_of_parts_are_pins_of_the_object() {
    let heap = heap();
    let (whole, part, end) = heap.mutate(|mc| {
        let whole = Gc::new(mc, (1_u64, [2_u64; 100]));
        let part = Gc::project(whole, |whole| &whole.1[50]);
        let end = Gc::project(whole, |whole| &whole.1[100..]);
        (mc.pin(whole), mc.pin(part), mc.pin(end))
    });
    assert_eq!([whole.count(), part.count(), end.count()], [3; 3]);
    let offset = part.as_ptr().addr() - whole.as_ptr().addr();
    drop(whole);
    heap.collect().unwrap();
    heap.mutate(|mc| assert_eq!((*part.get(mc), offset, end.get(mc).len()), (2, 408, 0)));
    let pins = heap.pins();
    assert_eq!((pins.len(), pins[0].count, pins[0].address), (1, 2, part.as_ptr().addr() - 408));
    assert!(pins[0].type_name.contains("u64") && pins[0].pinned.file().ends_with("pins.rs"), "{}", pins[0]);
    drop((part, end));
    assert_eq!(heap.collect().unwrap().live_objects, 0);
}

/// [198] A pin keeps its object, as a root does, and all that it reaches.
/// [199] What it reaches is not pinned.
#[test]
fn a_pin_keeps_what_its_object_reaches_and_pins_nothing_else() {
    let (heap, ledger) = (heap(), Ledger::new(100));
    let pinned: Pinned<Node<'static>> = heap.mutate(|mc| mc.pin(shapes::ring(mc, &ledger, 100)));
    heap.collect().unwrap();
    ledger.assert_all_alive();
    assert_eq!((heap.pins().len(), pinned.count()), (1, 1));
    // A cell in a pinned object changes as ever, and what it let go of is freed.
    let cell: Pinned<GcCell<Option<Gc<'static, u64>>>> =
        heap.mutate(|mc| mc.pin(Gc::new(mc, GcCell::new(Some(Gc::new(mc, 7_u64))))));
    heap.mutate(|mc| Gc::as_ref(cell.get(mc)).set(mc, None));
    assert_eq!(heap.collect().unwrap().live_objects, 101);
    drop(pinned);
    heap.collect().unwrap();
    ledger.assert_all_dropped();
}

/// [200] Pins that are left when nobody has the heap any more are told of, and keep it, with what they pin.
#[test]
fn pins_that_are_left_are_told_of_and_keep_the_heap() {
    let told: Arc<Mutex<Vec<PinsLeft>>> = Arc::default();
    let hook = {
        let told = Arc::clone(&told);
        move |left: &PinsLeft| {
            told.lock().unwrap().push(left.clone());
            std::panic::resume_unwind(Box::new("caught"));
        }
    };
    let (heap, ledger) = (Heap::builder().name("pinned").on_pins_left(hook).build(), Ledger::new(2));
    let (weak, second) = (heap.downgrade(), heap.clone());
    let line = line!() + 2;
    let (pinned, other) = heap.mutate(|mc| {
        let pinned = mc.pin(Gc::new(mc, ledger.canary()));
        (pinned, mc.root(Gc::new(mc, ledger.canary())))
    });
    drop(heap);
    assert!(told.lock().unwrap().is_empty(), "there is another handle");
    drop(second);
    let [left] = &told.lock().unwrap()[..] else { panic!("told once") };
    assert!(weak.upgrade().is_none(), "no handle is left");
    let [object] = &left.objects[..] else { panic!("{left}") };
    assert_eq!((object.pinned.line(), object.count, object.address), (line, 1, pinned.as_ptr().addr()));
    let text = left.to_string();
    assert!(text.contains("\"pinned\"") && text.contains("Canary") && text.contains("pins.rs"), "{text}");
    ledger.assert_all_alive();
    // On another thread, which ends the heap.
    thread::spawn(move || drop(pinned)).join().unwrap();
    ledger.assert_all_dropped();
    drop(other);
}

/// [201] A heap whose pins have ended says nothing.
#[test]
fn nothing_is_told_of_pins_that_have_ended() {
    let told = Arc::new(AtomicBool::new(false));
    let of_hook = Arc::clone(&told);
    let heap = Heap::builder().on_pins_left(move |_| of_hook.store(true, Ordering::SeqCst)).build();
    drop(heap.mutate(|mc| mc.pin(Gc::new(mc, 7_u64))));
    drop(heap);
    assert!(!told.load(Ordering::SeqCst));
}

/// Foreign code has an address, and gives it back.
#[test]
fn a_pin_goes_through_foreign_code() {
    let (heap, ledger) = (heap(), Ledger::new(1));
    let address = heap.mutate(|mc| mc.pin(Gc::new(mc, (ledger.canary(), 7_u64)))).into_raw();
    heap.collect().unwrap();
    // SAFETY: pinned, and not written to.
    assert_eq!(unsafe { &*address }.1, 7);
    // SAFETY: made above, of this heap.
    let pinned = unsafe { Pinned::from_raw(&heap, address) };
    assert_eq!((pinned.count(), pinned.as_ptr()), (1, address));
    drop(pinned);
    heap.collect().unwrap();
    ledger.assert_all_dropped();
    let words: Vec<_> = heap.mutate(|mc| (0..100_u64).map(|n| mc.root(Gc::new(mc, n)).into_raw()).collect());
    assert_eq!(heap.collect().unwrap().live_objects, 100);
    for (n, word) in (0..).zip(words) {
        // SAFETY: made above, of a root of this type.
        let root = unsafe { Root::<u64>::from_raw(word) };
        heap.mutate(|mc| assert_eq!(*root.get(mc), n));
    }
    assert_eq!((heap.collect().unwrap().live_objects, heap.stats().roots), (0, 0));
}

#[test]
fn a_pin_is_refused_by_another_heap() {
    let (ours, theirs) = (Heap::builder().name("ours").build(), Heap::builder().name("theirs").build());
    let pinned = ours.mutate(|mc| mc.pin(Gc::new(mc, 7_u64)));
    let message = panic_of(|| theirs.mutate(|mc| *pinned.get(mc)));
    assert!(
        message.contains("Pinned::get") && message.contains("ours") && message.contains("theirs"),
        "{message}"
    );
    assert!(format!("{pinned:?}").contains("ours"));
}

/// Threads pin and let go of the same objects, while cycles run.
#[test]
fn many_threads_pin() {
    let heap = Heap::builder().min_heap_bytes(4 << 10).build();
    let ledger = Ledger::new(64);
    let table: Root<GcRefCell<Vec<Gc<'static, Canary>>>> = heap.mutate(|mc| {
        mc.root(Gc::new(
            mc,
            GcRefCell::new((0..64).map(|_| Gc::new(mc, ledger.canary())).collect::<Vec<_>>()),
        ))
    });
    thread::scope(|scope| {
        for thread in 0..4 {
            let (heap, objects) = (
                &heap,
                heap.mutate(|mc| table.get(mc).borrow(mc).iter().map(|&gc| mc.root(gc)).collect::<Vec<_>>()),
            );
            scope.spawn(move || {
                for n in 0..rounds(2000) {
                    let object = &objects[(n * 7 + thread) % 64];
                    let pinned = heap.mutate(|mc| {
                        Gc::new(mc, [0_u64; 64]);
                        mc.pin(object.get(mc))
                    });
                    assert!(pinned.count() >= 1);
                    heap.mutate(|mc| assert_eq!(pinned.get(mc).id(), object.get(mc).id()));
                }
            });
        }
        drop(table);
    });
    assert_eq!((heap.pins(), heap.stats().pins), (vec![], 0));
    heap.verify();
    heap.collect().unwrap();
    ledger.assert_all_dropped();
}

/// [225] What something leads to is reachable, and nothing else.
#[test]
fn the_probe_says_what_is_reachable() {
    let (heap, ledger) = (heap(), Ledger::new(300));
    let (root, kept, lost): (Root<Node<'static>>, WeakRoot<Node<'static>>, WeakRoot<Node<'static>>) = heap
        .mutate(|mc| {
            let kept = shapes::ring(mc, &ledger, 100);
            let lost = shapes::ring(mc, &ledger, 100);
            let weak = |gc| mc.weak_root(Gc::downgrade(gc, mc));
            (mc.root(kept), weak(kept), weak(lost))
        });
    assert_eq!([heap.is_reachable(&kept), heap.is_reachable(&lost)], [Ok(true), Ok(false)]);
    let pinned = heap.mutate(|mc| mc.pin(root.get(mc)));
    drop(root);
    assert_eq!(heap.is_reachable(&kept), Ok(true), "a pin leads to it");
    drop(pinned);
    assert_eq!(heap.is_reachable(&kept), Ok(false));
    // What a finalizer is about to be given is reachable from there, itself not.
    let (first, second) = heap.mutate(|mc| {
        let second = Gc::new(mc, 2_u64);
        let first = Gc::new(mc, second);
        mc.set_finalizer(first, |_| ()).unwrap();
        (mc.weak_root(Gc::downgrade(first, mc)), mc.weak_root(Gc::downgrade(second, mc)))
    });
    heap.collect().unwrap();
    heap.mutate(|mc| assert!(first.get(mc).is_none()));
    heap.wait_for_pending().unwrap();
    assert_eq!([heap.is_reachable(&first), heap.is_reachable(&second)], [Ok(false), Ok(false)]);
    // Nothing is lost by asking in the wrong place.
    heap.mutate(|_| assert!(heap.is_reachable(&kept).is_err()));
}
