//! Looking into a heap: census, roots, paths, snapshots.

mod census;
mod paths;
mod roots;
mod snapshots;

use std::time::Duration;

use gc::{Gc, Heap, HeapBuilder};

/// A heap that knows its types and roots.
fn heap() -> Heap {
    builder().build()
}

fn builder() -> HeapBuilder {
    Heap::builder().diagnose(true)
}

/// A look into the heap stops the world, and takes back that threads were asked to leave; a cycle for which they had been
/// asked comes all the same.
#[test]
fn cycles_go_on_after_a_look_into_the_heap() {
    const FIRST: usize = 8 << 20;
    const STEP: usize = 128 << 10;
    let fill = |heap: &Heap, bytes: usize| {
        for _ in 0..bytes / (64 << 10) {
            heap.mutate(|mc| (0..64).for_each(|_| _ = Gc::new(mc, [0_u64; 128])));
        }
    };
    type Look = fn(&Heap);
    let looks: [(&str, Look); 3] = [
        ("census", |heap| _ = heap.census().unwrap()),
        ("roots", |heap| _ = heap.roots().unwrap()),
        ("snapshot", |heap| heap.write_snapshot(std::io::sink()).unwrap()),
    ];
    for (name, look) in looks {
        for before in (FIRST * 7 / 8..FIRST).step_by(STEP) {
            let heap = builder().min_heap_bytes(FIRST).growth_percent(100).idle_after(Duration::MAX).build();
            fill(&heap, before);
            look(&heap);
            fill(&heap, FIRST);
            let stats = heap.stats();
            assert!(stats.cycles > 0, "{name} after {before} bytes: {} bytes", stats.bytes());
        }
    }
}
