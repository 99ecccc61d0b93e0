// What is written into a cell of an object must be known to the collector.
use gc::{GcOnce, Mutation};

struct Foreign;

fn write<'gc>(mc: &Mutation<'gc>, once: &GcOnce<Foreign>) {
    let _ = once.set(mc, Foreign);
}

fn main() {}
