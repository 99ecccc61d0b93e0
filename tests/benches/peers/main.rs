//! This library and its peers, each doing the same work in a process of its own.
//!
//! ```text
//! cargo bench -p tests --features peers --bench peers                     everything: about half an hour
//! cargo bench -p tests --features peers --bench peers -- --quick          smaller work, one run of each: a minute or two
//! cargo bench -p tests --features peers --bench peers -- cache graph gc Rc    some workloads, some peers
//! cargo bench -p tests --features peers --bench peers_mimalloc            the same on mimalloc
//! ```
//!
//! A table for each workload: medians of three runs, or what one run said that took more than 15 seconds; ratios are to the
//! best peer, which neither this library nor a limit can be, as `bumpalo`, which frees nothing. Under it stands who cannot
//! do it (counts alone leak cycles) or did not do it in time. All of it is written to `peers.json` in the target directory,
//! too, in the place of what the same peers did before; of that file the program `figures` makes charts. What runs beside
//! the benchmark disturbs all rows of a table alike, so ratios are worth more than times.
//!
//! Java and Go are there if `java`, `javac` and `go` are on the path: see `peers/other.rs`. abfall is no peer: its
//! collector, beside the program, frees what a new object leads to.

#![expect(clippy::print_stdout, reason = "a program that prints tables")]
#![expect(clippy::print_stderr, reason = "a program that says what it cannot do")]

mod driver;
mod measuring;
mod peers;
mod random;
mod report;
mod workloads;

fn main() {
    driver::run("malloc");
}
