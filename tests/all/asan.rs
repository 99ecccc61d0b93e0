//! AddressSanitizer knows objects: whoever touches a dead one, or reads on behind one, ends the process. So each
//! case runs in a process of its own.

use std::hint::black_box;
use std::process::Command;

use gc::{Gc, GcCell, GcSlice, Heap, Trace};

const CASE: &str = "GC_ASAN_CASE";

/// Asserts that the process of the test of this name ends with a report.
fn ends(name: &str, case: fn()) {
    if std::env::var(CASE).is_ok_and(|wanted| wanted == name) {
        return case();
    }
    let child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "--nocapture", "--test-threads=1", &format!("asan::{name}")])
        .env(CASE, name)
        .output()
        .unwrap();
    let report = String::from_utf8_lossy(&child.stderr);
    assert!(!child.status.success(), "{name}: nothing was noticed: {report}");
    assert!(report.contains("use-after-poison"), "{name}: {report}");
}

/// The address of an object, which its mutation leaves.
fn smuggle<T>(gc: Gc<'_, T>) -> *const u8 {
    black_box(Gc::as_ptr(gc).cast())
}

/// # Safety
///
/// There is none: the object is dead. AddressSanitizer ends the process instead.
unsafe fn touch(address: *const u8) {
    // SAFETY: this read is what the test is about.
    black_box(unsafe { address.read_volatile() });
}

#[derive(Trace)]
struct Node<'gc> {
    _name: Option<String>,
    _next: GcCell<Option<Gc<'gc, Node<'gc>>>>,
}

#[test]
fn a_dead_leaf() {
    ends("a_dead_leaf", || {
        let heap = Heap::new();
        let dead = heap.mutate(|mc| smuggle(Gc::new(mc, [7_u64; 4])));
        heap.collect().unwrap();
        // SAFETY: see `touch`.
        unsafe { touch(dead) };
    });
}

#[test]
fn a_dead_object_with_drop_glue() {
    ends("a_dead_object_with_drop_glue", || {
        let heap = Heap::new();
        let (dead, _alive) = heap.mutate(|mc| {
            let node = || Node { _name: Some(String::from("dead")), _next: GcCell::new(None) };
            (smuggle(Gc::new(mc, node())), mc.root(Gc::new(mc, node())))
        });
        heap.collect().unwrap();
        // SAFETY: see `touch`.
        unsafe { touch(dead) };
    });
}

#[test]
fn what_lies_behind_an_object_in_its_slot() {
    ends("what_lies_behind_an_object_in_its_slot", || {
        let heap = Heap::new();
        heap.mutate(|mc| {
            let alive = smuggle(Gc::new(mc, [7_u8; 20]));
            // SAFETY: see `touch`; the slot has 24 bytes.
            unsafe { touch(alive.add(20)) };
        });
    });
}

#[test]
fn what_lies_behind_a_slice() {
    ends("what_lies_behind_a_slice", || {
        let heap = Heap::new();
        heap.mutate(|mc| {
            let alive = Gc::from_slice(mc, &[7_u64; 17]);
            // SAFETY: see `touch`; size classes leave room behind 136 bytes.
            unsafe { touch(black_box(alive.as_ptr()).add(17).cast()) };
        });
    });
}

#[test]
fn what_lies_behind_a_slice_with_its_length() {
    ends("what_lies_behind_a_slice_with_its_length", || {
        let heap = Heap::new();
        heap.mutate(|mc| {
            let alive = GcSlice::from_slice(mc, &[7_u8; 20]);
            // SAFETY: see `touch`; 28 bytes with the length, in a slot of 32.
            unsafe { touch(black_box(alive.as_ptr()).add(20)) };
        });
    });
}

#[test]
fn an_object_whose_heap_is_gone() {
    let heap = Heap::new();
    let root = heap.mutate(|mc| mc.root(Gc::new(mc, 7_u64)));
    drop(heap);
    // A root outlives its heap, and can be dropped.
    drop(root.clone());
    drop(root);
}
