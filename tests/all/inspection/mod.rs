//! Looking into a heap: census, roots, paths, snapshots.

mod census;
mod paths;
mod roots;
mod snapshots;

use gc::{Heap, HeapBuilder};

/// A heap that knows its types and roots.
fn heap() -> Heap {
    builder().build()
}

fn builder() -> HeapBuilder {
    Heap::builder().diagnose(true)
}
