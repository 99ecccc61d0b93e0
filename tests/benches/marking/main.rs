//! What marking costs: graphs of five million objects of 32 bytes, in one heap and by hand.
//!
//! ```text
//! cargo bench -p tests --features peers --bench marking                 all shapes
//! cargo bench -p tests --features peers --bench marking -- graph list   some
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
mod small;
mod table;

use ours::Ours;
use peers::{Boa, GcArena};
use probe::Probe;
use shapes::Shape;
use small::small_heap;
use table::{for_wanted_shapes, rows};

fn main() {
    for_wanted_shapes(compare);
    if std::env::args().any(|argument| argument == "--bench") {
        small_heap();
    }
}

fn compare(shape: Shape) {
    let mut plain = Probe::new(shape);
    let mut ring = Probe::new(shape);
    let one = Ours::new(shape, |builder| builder.mark_threads(1));
    let two = Ours::new(shape, |builder| builder.mark_threads(2));
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
