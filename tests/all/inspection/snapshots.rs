//! Snapshots: what is in them, and writers that do what they like.

use std::io::{self, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};

use gc::implement::{Mask, Parts, Tracer};
use gc::{Gc, GcRefCell, Heap, InspectError, Rebrand, Root, SnapshotError, Trace};
use tests::snapshots::{Graph, SHAPES, Sketch, compare, object_key};
use tests::{quietly, rounds};

use super::{builder, heap};

fn snapshot(heap: &Heap) -> String {
    let mut bytes = Vec::new();
    heap.write_snapshot(&mut bytes).unwrap();
    String::from_utf8(bytes).unwrap()
}

/// A heap in which nothing happens that is not asked for.
fn still() -> Heap {
    builder().automatic(false).run_by_hand(true).build()
}

#[test]
fn every_shape_is_as_it_was_sketched() {
    assert!(SHAPES.len() >= 20);
    for (name, make) in SHAPES {
        let heap = still();
        let sketch = make(&heap);
        compare(&heap, &sketch, name);
        heap.verify();
    }
}

/// An object has the number that it had, whatever came before it.
#[test]
fn objects_keep_their_ids() {
    let heap = still();
    let make = |n: usize| {
        heap.mutate(|mc| (0..n).map(|n| mc.root(Gc::new(mc, "x".repeat(n % 50)))).collect::<Vec<_>>())
    };
    let (some, mut others) = (make(500), make(500));
    let before = Graph::read(&snapshot(&heap));
    drop(some);
    heap.collect().unwrap();
    others.extend(make(3000));
    let after = Graph::read(&snapshot(&heap));
    let keys = heap.mutate(|mc| {
        others[..500].iter().map(|root| object_key(Gc::as_ptr(root.get(mc)).addr())).collect::<Vec<_>>()
    });
    for key in keys {
        assert_eq!(before.nodes[&key], after.nodes[&key]);
        assert_eq!(before.ids[&key], after.ids[&key]);
    }
}

/// Takes so many bytes.
struct Full(usize);

impl Write for Full {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0 == 0 {
            return Err(io::ErrorKind::StorageFull.into());
        }
        let n = bytes.len().min(self.0);
        self.0 -= n;
        Ok(n)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_writer_that_fails() {
    let heap = still();
    let root = heap.mutate(|mc| mc.root(Gc::new(mc, (1, Gc::new(mc, 2)))));
    let len = snapshot(&heap).len();
    for room in (0..len).step_by(7) {
        let error = heap.write_snapshot(Full(room)).unwrap_err();
        let SnapshotError::Writer(of_writer) = &error else { panic!("{error}") };
        assert_eq!(of_writer.kind(), io::ErrorKind::StorageFull);
        assert!(error.to_string().contains("writer"), "{error}");
    }
    heap.write_snapshot(Full(len)).unwrap();
    heap.verify();
    drop(root);
}

/// Does something at each call.
struct Does<F>(F);

impl<F: FnMut()> Write for Does<F> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        (self.0)();
        Ok(bytes.len().min(100))
    }

    fn flush(&mut self) -> io::Result<()> {
        (self.0)();
        Ok(())
    }
}

#[test]
fn a_writer_that_panics() {
    let heap = heap();
    let root = heap.mutate(|mc| mc.root(Gc::new(mc, 7)));
    let error = quietly(true, || heap.write_snapshot(Does(|| panic!("a writer"))).unwrap_err());
    assert!(matches!(error, SnapshotError::WriterPanicked), "{error}");
    heap.mutate(|mc| assert_eq!(*root.get(mc), 7));
    heap.collect().unwrap();
    Graph::read(&snapshot(&heap));
}

/// It enters the heap, collects, and has another thread do the same, while the snapshot is written.
#[test]
fn a_writer_that_uses_the_heap() {
    let heap = heap();
    let _root = heap.mutate(|mc| mc.root(Gc::new(mc, 7)));
    let mut calls = 0;
    let use_it = || {
        calls += 1;
        heap.mutate(|mc| assert_eq!(*Gc::new(mc, 1), 1));
        heap.collect().unwrap();
        std::thread::scope(|scope| scope.spawn(|| heap.collect().unwrap()).join().unwrap());
        Graph::read(&snapshot(&heap));
    };
    heap.write_snapshot(Does(use_it)).unwrap();
    assert!(calls > 10);
}

#[derive(Trace)]
struct Long<'gc> {
    others: GcRefCell<Vec<Gc<'gc, [usize; 4]>>>,
}

/// Large enough for temporary files.
fn long(heap: &Heap, n: usize) -> Root<Long<'static>> {
    heap.mutate(|mc| {
        let others = (0..n).map(|number| Gc::new(mc, [number; 4])).collect();
        Root::new(mc, Gc::new(mc, Long { others: GcRefCell::new(others) }))
    })
}

/// More than is kept in memory, and more edges in one object than have names of their own.
#[test]
fn a_large_heap() {
    const N: usize = 200_000;
    let heap = still();
    let root = long(&heap, N);
    let text = snapshot(&heap);
    assert!(text.len() > 6 << 20);
    let file: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(file["snapshot"]["edge_count"], N + 6 + 2 + 1);
    let nodes = file["nodes"].as_array().unwrap();
    assert_eq!(nodes.len(), 5 * (N + 1 + 7 + 2));
    let sum: u64 = nodes.chunks(5).map(|row| row[3].as_u64().unwrap()).sum();
    let total = heap.census().unwrap().total();
    assert_eq!(sum, total.bytes + total.owned_bytes);
    let strings = file["strings"].as_array().unwrap();
    assert!(strings.len() < 140_000, "{} strings", strings.len());
    assert!(
        strings.iter().any(|name| name == "others[131071]")
            && strings.iter().any(|name| name == "others[..]")
    );
    drop(root);
}

/// Runs in a process of its own, whose temporary files can have no place.
#[test]
fn temporary_files_that_fail() {
    const MARK: &str = "SNAPSHOT_WITHOUT_FILES";
    if std::env::var_os(MARK).is_none() {
        let name = "inspection::snapshots::temporary_files_that_fail";
        let mut test = Command::new(std::env::current_exe().unwrap());
        test.args(["--exact", name]).env(MARK, "1");
        test.env("TMPDIR", "/there/is/no/such").env("TMP", "Q:\\no\\such");
        let output = test.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
        assert!(String::from_utf8_lossy(&output.stdout).contains("1 passed"));
        return;
    }
    let heap = still();
    let root = long(&heap, 200_000);
    let error = heap.write_snapshot(&mut Vec::new()).unwrap_err();
    assert!(matches!(error, SnapshotError::Temporary(_)), "{error}");
    assert!(error.to_string().contains("TMPDIR"), "{error}");
    heap.mutate(|mc| assert_eq!(root.get(mc).others.borrow(mc).len(), 200_000));
    drop(root);
    heap.collect().unwrap();
    Graph::read(&snapshot(&heap));
}

#[test]
fn nobody_writes_from_inside() {
    let (heap, other) = (heap(), heap());
    let error = other.mutate(|_| heap.write_snapshot(&mut Vec::new()).unwrap_err());
    assert!(matches!(error, SnapshotError::Inspect(InspectError::InsideMutation { .. })), "{error}");
    assert!(std::error::Error::source(&error).is_some() && error.to_string().contains("snapshots.rs"));
}

/// Without the option there are no names, but all objects and edges.
#[test]
fn a_heap_that_does_not_know_its_types() {
    let heap = Heap::builder().automatic(false).build();
    let (_root, key) = heap.mutate(|mc| {
        let inner = Gc::new(mc, 7_u64);
        let outer = Gc::new(mc, (1_u64, inner));
        (mc.root(outer), object_key(Gc::as_ptr(outer).addr()))
    });
    let graph = Graph::read(&snapshot(&heap));
    assert_eq!(graph.nodes["Root"].edges[0].to, key);
    let edges = &graph.nodes[&key].edges;
    assert_eq!((edges.len(), edges[0].name.as_str()), (1, ".."));
}

/// Says of its parts what `says` is, and panics if that is `None`.
struct ByHand<'gc> {
    first: Gc<'gc, u64>,
    second: Gc<'gc, u64>,
    says: Option<[bool; 2]>,
}

// SAFETY: all edges are reported by the tail; what is said of parts may be wrong. Duty 6 is broken by a panic that is safe.
unsafe impl<'gc> Trace<'gc> for ByHand<'gc> {
    const MASK: Mask = Mask::EMPTY;
    const TAIL: bool = true;
    const LEAF: bool = false;

    fn trace(&self, tracer: &mut Tracer) {
        self.first.trace(tracer);
        self.second.trace(tracer);
    }

    fn trace_tail(&self, tracer: &mut Tracer) {
        self.trace(tracer);
    }

    fn trace_parts(&self, parts: &mut Parts<'_>) {
        let [first, second] = self.says.expect("it says something");
        parts.field("first", if first { &self.first } else { &self.second });
        if second {
            parts.field("second", &self.second);
        }
    }
}

// SAFETY: only the brand of the fields changes.
unsafe impl Rebrand for ByHand<'_> {
    type Static = ByHand<'static>;
    type At<'a> = ByHand<'a>;
}

/// Parts are believed if they come to what is traced.
#[test]
fn what_a_trace_by_hand_says() {
    for (says, expected) in [
        (Some([true, true]), ["first", "second"]),
        (Some([true, false]), ["..", ".."]),
        (Some([false, true]), ["..", ".."]),
    ] {
        let heap = still();
        let (_root, key): (Root<ByHand<'static>>, _) = heap.mutate(|mc| {
            let by_hand = Gc::new(mc, ByHand { first: Gc::new(mc, 1), second: Gc::new(mc, 2), says });
            (Root::new(mc, by_hand), object_key(Gc::as_ptr(by_hand).addr()))
        });
        let graph = Graph::read(&snapshot(&heap));
        let names: Vec<_> = graph.nodes[&key].edges.iter().map(|edge| edge.name.as_str()).collect();
        assert_eq!(names, expected, "{says:?}");
        let targets: Vec<_> = graph.nodes[&key].edges.iter().map(|edge| &edge.to).collect();
        assert_ne!(targets[0], targets[1]);
    }
    let heap = still();
    let _root: Root<ByHand<'static>> = heap.mutate(|mc| {
        let says = None;
        Root::new(mc, Gc::new(mc, ByHand { first: Gc::new(mc, 1), second: Gc::new(mc, 2), says }))
    });
    let error = quietly(true, || heap.write_snapshot(&mut Vec::new()).unwrap_err());
    assert!(matches!(error, SnapshotError::Inspect(InspectError::TracePanicked)), "{error}");
    heap.mutate(|mc| assert_eq!(*Gc::new(mc, 1), 1));
    heap.collect().unwrap();
}

#[derive(Trace)]
struct Slow(u64);

impl Drop for Slow {
    fn drop(&mut self) {
        std::thread::yield_now();
    }
}

/// Roots are dropped, destructors run and objects are made while snapshots are taken.
#[test]
fn snapshots_of_a_busy_heap() {
    let heap = heap();
    let is_over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while !is_over.load(Ordering::Relaxed) {
                    let roots: Vec<_> = (0..500)
                        .map(|n| heap.mutate(|mc| mc.root(Gc::new(mc, (n, Gc::new(mc, Slow(n)))))))
                        .collect();
                    let sum: u64 = roots.iter().map(|root| heap.mutate(|mc| root.get(mc).1.0)).sum();
                    assert_eq!(sum, 499 * 250);
                    drop(roots);
                    heap.collect().unwrap();
                }
            });
        }
        let look = || {
            for _ in 0..rounds(100).max(5) {
                Graph::read(&snapshot(&heap));
            }
        };
        let looked = catch_unwind(AssertUnwindSafe(look));
        is_over.store(true, Ordering::Relaxed);
        looked.unwrap();
    });
    heap.verify();
}

/// What is compared can differ.
#[test]
fn a_wrong_sketch_is_found() {
    let heap = still();
    let (_root, key) = heap.mutate(|mc| {
        let gc = Gc::new(mc, 7_u64);
        (mc.root(gc), object_key(Gc::as_ptr(gc).addr()))
    });
    assert!(Graph::read(&snapshot(&heap)).nodes.contains_key(&key));
    let found =
        quietly(true, || catch_unwind(AssertUnwindSafe(|| compare(&heap, &Sketch::default(), "nothing"))));
    found.unwrap_err();
}
