//! What marking costs: graphs of five million objects of 32 bytes, in one heap and by hand.
//!
//! ```text
//! cargo bench -p tests --features peers --bench marking                 everything
//! cargo bench -p tests --features peers --bench marking -- graph list   some
//! cargo bench -p tests --features peers --bench marking -- small        whole cycles of small heaps
//! cargo bench -p tests --features peers --bench marking -- sizes        from a thousand to sixty million objects
//! cargo bench -p tests --features peers --bench marking_mimalloc        peers, on mimalloc
//! ```
//!
//! All times are nanoseconds per object found: minimum, median and maximum of the rounds, and the median relative to
//! the first row. `boa_gc` cannot mark alone: its time is that of a whole collection in which nothing dies. What runs
//! beside the benchmark disturbs all rows of a shape alike, so ratios are worth more than times.

#![expect(clippy::print_stdout, reason = "a program that prints a table")]

mod ours;
mod peers;
mod probe;
mod shapes;
mod sizes;
mod small;
mod table;

use ours::Ours;
use peers::{Boa, GcArena};
use probe::Probe;
use shapes::{N, Shape};
use sizes::sizes;
use small::small_heap;
use table::{for_wanted_shapes, rows};
use tests::table::Sections;

fn main() {
    let Some(wanted) = Sections::wanted() else { return };
    for_wanted_shapes(&wanted, compare);
    if wanted.has("small") {
        small_heap();
    }
    if wanted.has("sizes") {
        sizes();
    }
}

fn compare(shape: Shape) {
    let mut plain = Probe::new(shape, N);
    let mut ring = Probe::new(shape, N);
    let one = Ours::new(shape, N, |builder| builder.mark_threads(1)).0;
    let two = Ours::new(shape, N, |builder| builder.mark_threads(2)).0;
    let found = one.mark().1;
    let mut arena = GcArena::new(shape);
    let mut boa = Boa::new(shape);
    rows(
        "malloc",
        shape,
        vec![
            ("by hand, depth first", Box::new(|| plain.mark_plain())),
            ("by hand, with a ring", Box::new(|| ring.mark_with_ring())),
            ("gc, 1 worker", Box::new(|| one.mark())),
            ("gc, 2 workers", Box::new(|| two.mark())),
            ("gc-arena", Box::new(|| arena.mark(found))),
            ("boa_gc, whole collection", Box::new(|| boa.collect(found))),
        ],
    );
}
