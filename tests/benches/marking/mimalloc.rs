//! What marking costs in collectors that take their memory from the global allocator, when that is mimalloc. See
//! `main.rs`.

#![expect(clippy::print_stdout, reason = "a program that prints a table")]

mod ours;
mod peers;
mod shapes;
mod table;

use mimalloc::MiMalloc;
use ours::Ours;
use peers::{Boa, GcArena};
use shapes::{N, Shape};
use table::{for_wanted_shapes, rows};
use tests::table::Sections;

#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() {
    if let Some(wanted) = Sections::wanted() {
        for_wanted_shapes(&wanted, compare);
    }
}

fn compare(shape: Shape) {
    let ours = Ours::new(shape, N, |builder| builder.mark_threads(1)).0;
    let found = ours.mark().1;
    let mut arena = GcArena::new(shape);
    let mut boa = Boa::new(shape);
    rows(
        "mimalloc",
        shape,
        vec![
            ("gc, 1 worker", Box::new(|| ours.mark())),
            ("gc-arena", Box::new(|| arena.mark(found))),
            ("boa_gc, whole collection", Box::new(|| boa.collect(found))),
        ],
    );
}
