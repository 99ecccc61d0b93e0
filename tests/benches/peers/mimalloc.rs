//! What peers take from the global allocator, and what objects own, when that is mimalloc. See `main.rs`.

#![expect(clippy::print_stdout, reason = "a program that prints tables")]
#![expect(clippy::print_stderr, reason = "a program that says what it cannot do")]

mod driver;
mod measuring;
mod peers;
mod random;
mod report;
mod workloads;

use mimalloc::MiMalloc;

#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() {
    driver::run("mimalloc");
}
