//! The life of an object, whatever its type: what it owns is known at each step.

use gc::{Heap, Stats};

/// How far what the heap says may be from the truth, in percent of it: maps do not tell their capacity.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tolerance(pub(crate) u64);

pub(crate) const EXACT: Tolerance = Tolerance(0);
pub(crate) const MAPS: Tolerance = Tolerance(15);

#[track_caller]
pub(crate) fn assert_owned(heap: &Heap, truth: isize, tolerance: Tolerance, when: &str) {
    let Stats { owned_bytes, .. } = heap.stats();
    let truth = u64::try_from(truth).expect("as many bytes as are allocated");
    let off = owned_bytes.abs_diff(truth);
    assert!(
        off * 100 <= truth * tolerance.0,
        "{when}: {owned_bytes} bytes are counted and {truth} allocated"
    );
}

/// The heap of such a test: it collects when asked.
pub(crate) fn heap() -> Heap {
    tests::on_request().build()
}

/// Makes, changes and drops objects of a type, alone and in cells.
macro_rules! life {
    ($T:ty, $make:expr, $grow:expr, $tolerance:expr) => {{
        use gc::{Gc, GcRefCell, GcRwLock, Root};
        use $crate::counting::counted;
        use $crate::lives::{assert_owned, heap};

        let make: fn() -> $T = $make;
        let grow: fn(&mut $T) = $grow;
        let tolerance = $tolerance;
        let heap = heap();
        let assert = |truth: isize, when: &str| assert_owned(&heap, truth, tolerance, when);
        let collect = || _ = heap.collect().expect("outside");

        // Never changed.
        let (value, truth) = counted(make);
        let settled: Root<$T> = heap.mutate(|mc| mc.root(Gc::new(mc, value)));
        assert(truth, "born");
        collect();
        assert(truth, "after a cycle");
        // In a slice.
        let (values, of_slice) = counted(|| [make(), make(), make()]);
        let slice: Root<[$T]> = heap.mutate(|mc| mc.root(Gc::from_iter(mc, values)));
        assert(truth + of_slice, "with a slice");
        drop(settled);
        collect();
        assert(of_slice, "without the first");
        drop(slice);
        collect();
        assert(0, "without the slice");

        // In cells.
        let ((one, other), mut truth) = counted(|| (make(), make()));
        let (cell, lock): (Root<GcRefCell<$T>>, Root<GcRwLock<$T>>) = heap.mutate(|mc| {
            (mc.root(Gc::new(mc, GcRefCell::new(one))), mc.root(Gc::new(mc, GcRwLock::new(other))))
        });
        assert(truth, "born in cells");
        collect();
        assert(truth, "in cells after a cycle");
        for _ in 0..3 {
            heap.mutate(|mc| {
                let cell = cell.get(mc);
                let mut borrow = cell.borrow_mut(mc);
                truth += counted(|| grow(&mut borrow)).1;
            });
            heap.mutate(|mc| {
                let lock = lock.get(mc);
                let mut guard = lock.write(mc);
                truth += counted(|| grow(&mut guard)).1;
            });
            collect();
            assert(truth, "grown");
        }
        // What is grown in one is in the other now, and the other way round.
        heap.mutate(|mc| {
            let (cell, lock) = (cell.get(mc), lock.get(mc));
            std::mem::swap(&mut *cell.borrow_mut(mc), &mut *lock.write(mc));
            let mut borrow = cell.borrow_mut(mc);
            truth += counted(|| grow(&mut borrow)).1;
        });
        collect();
        assert(truth, "swapped");
        heap.mutate(|mc| {
            let cell = cell.get(mc);
            let mut borrow = cell.borrow_mut(mc);
            truth += counted(|| *borrow = make()).1;
        });
        collect();
        assert(truth, "replaced");
        // Revived by a finalizer, with what it owns.
        let (send, revived) = std::sync::mpsc::channel::<Root<GcRefCell<$T>>>();
        heap.mutate(|mc| {
            let revive = move |object: gc::Finalized<GcRefCell<$T>>| {
                send.send(object.into_root()).expect("it is waited for");
            };
            assert!(mc.set_finalizer(cell.get(mc), revive).is_ok());
        });
        collect();
        assert(truth, "with a finalizer");
        drop(cell);
        collect();
        heap.wait_for_pending().expect("outside");
        assert(truth, "revived");
        collect();
        assert(truth, "revived, after a cycle");
        let of_lock = heap.mutate(|mc| {
            let lock = lock.get(mc);
            let mut guard = lock.write(mc);
            -counted(|| *guard = make()).1
        });
        truth -= of_lock;
        collect();
        assert(truth, "shrunk");
        drop(lock);
        drop(revived.recv().expect("it was revived"));
        collect();
        assert(0, "all gone");
        heap.verify();
    }};
}
pub(crate) use life;
