//! Slice objects at the limits of their slots.

use gc::{Gc, Heap, Root};

/// Sixteen bytes of alignment, so as many of header, which fill the smallest slot.
type Wide = (u128, String);

#[test]
fn empty_slices_lie_in_their_own_slots() {
    let heap = Heap::new();
    // Slots that hold what must not be taken for the length of a slice.
    heap.mutate(|mc| {
        for _ in 0..256 {
            Gc::new(mc, u128::MAX);
        }
    });
    heap.collect().unwrap();
    for n in [1, 63, 64, 255] {
        let roots: Vec<Root<[Wide]>> =
            heap.mutate(|mc| (0..n).map(|_| mc.root(Gc::from_iter(mc, [] as [Wide; 0]))).collect());
        assert_eq!(heap.collect().unwrap().live_objects, n);
        heap.verify();
        drop(roots);
        assert_eq!(heap.collect().unwrap().dead_objects, n);
    }
}

#[derive(gc::Trace)]
#[repr(align(4096))]
struct Page;

impl Drop for Page {
    fn drop(&mut self) {}
}

#[test]
fn slices_without_bytes_lie_in_their_own_slots() {
    let heap = Heap::new();
    let root: Root<[Page]> = heap.mutate(|mc| {
        let _other = Gc::new(mc, Page);
        mc.root(Gc::from_iter(mc, (0..3).map(|_| Page)))
    });
    assert_eq!(heap.collect().unwrap().live_objects, 1);
    heap.verify();
    drop(root);
    assert_eq!(heap.collect().unwrap().dead_objects, 1);
}

/// As many elements as a number can count, none of which is looked at one by one.
#[test]
fn slices_of_nothing_take_no_time() {
    const ALL: [(); usize::MAX] = [(); usize::MAX];
    let heap = Heap::new();
    tests::watchdog::watched("a slice of nothing", || {
        let root: Root<[()]> = heap.mutate(|mc| mc.root(Gc::from_slice(mc, &ALL)));
        assert_eq!(heap.collect().unwrap().live_objects, 1);
        heap.verify();
        heap.mutate(|mc| assert_eq!(root.get(mc).len(), usize::MAX));
    });
}
