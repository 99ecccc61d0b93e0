//! The C interface: a program in C, random programs, and that the header has what there is.

mod endings;
mod header;

use std::panic::{AssertUnwindSafe, catch_unwind};

use capi_tests::machine;
use tests::programs::program::Program;

#[test]
fn the_program_in_c() {
    capi_tests::run_program();
}

/// Random programs, through the C interface.
const PROGRAMS: u64 = 500;

/// A program that fails says which it was.
fn some(part: u64) {
    for seed in (part..PROGRAMS).step_by(2) {
        let program = Program::random(seed, [20, 40, 80, 150, 300][(seed / 2 % 5) as usize]);
        if let Err(panic) = catch_unwind(AssertUnwindSafe(|| machine::run(&program))) {
            let text = panic.downcast_ref::<String>().map(String::as_str);
            let text = text.or(panic.downcast_ref::<&str>().copied()).unwrap_or("no message");
            panic!("the program of seed {seed}: {text}");
        }
    }
}

#[test]
fn random_programs_1() {
    some(0);
}

#[test]
fn random_programs_2() {
    some(1);
}
