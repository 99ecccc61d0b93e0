//! An interpreter whose stack is in the heap: calls do not recurse, so the machine may leave its mutation after any step,
//! and a collection can come in the middle of a deep recursion. The stack is a `GcVec` that is used up to its length: what
//! was popped keeps nothing alive, and the collector does not look at it.
//!
//! ```text
//! cargo run -p gc --example stack_machine
//! ```

#![forbid(unsafe_code)]
#![expect(clippy::print_stdout, reason = "tells what has happened")]

mod machine;

fn main() {
    let (collections, live) = machine::count();
    println!(
        "{} calls deep, {collections} collections on the way, {live} objects alive at the end",
        machine::DEPTH
    );
}
