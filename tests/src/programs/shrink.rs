//! Running programs, and making those that fail smaller.

use std::mem::ManuallyDrop;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::panics::quietly;
use crate::programs::crew::Crew;
use crate::programs::machine::Machine;
use crate::programs::program::{Op, Program};

/// Runs a program.
///
/// # Errors
///
/// Heap and model do not agree, or something panicked that should not: the message.
pub fn run(program: &Program) -> Result<(), String> {
    // After a failure nothing is dropped: the heap may be in any state.
    let mut crew = ManuallyDrop::new(Crew::default());
    let machine = Machine::new(program);
    let outcome = catch_unwind(AssertUnwindSafe(|| ManuallyDrop::new(crew.run(machine))));
    let machine = outcome.map_err(|panic| message(&*panic))?;
    ManuallyDrop::into_inner(crew).dismiss();
    let machine = *ManuallyDrop::into_inner(machine);
    catch_unwind(AssertUnwindSafe(|| machine.finish())).map_err(|panic| message(&*panic))
}

fn message(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or(panic.downcast_ref::<&str>().copied()).unwrap_or("a panic without a message").to_owned()
}

/// Runs the program of a seed.
///
/// # Panics
///
/// It fails: with the seed, and the smallest program found that fails, too.
pub fn run_seed(seed: u64, length: usize) {
    let program = Program::random(seed, length);
    if let Err(error) = run(&program) {
        // What fails on the way is not worth printing.
        let small = quietly(true, || minimize(&program));
        let again = run(&small).err().unwrap_or_else(|| String::from("(did not fail again)"));
        panic!(
            "program of seed {seed} and length {length}: {error}\nminimized: {again}\n{:?}\n{}",
            small.setup,
            small.ops.iter().map(|op| format!("    Op::{op:?},\n")).collect::<String>()
        );
    }
}

/// Takes out operations, many at once first, as long as the program still fails.
pub fn minimize(program: &Program) -> Program {
    let mut small = program.clone();
    let mut piece = small.ops.len() / 2;
    while piece > 0 {
        let mut at = 0;
        while at < small.ops.len() {
            let end = (at + piece).min(small.ops.len());
            let ops: Vec<Op> = [&small.ops[..at], &small.ops[end..]].concat();
            let smaller = Program { ops, ..small };
            if run(&smaller).is_err() {
                small = smaller;
            } else {
                at = end;
            }
        }
        piece /= 2;
    }
    small
}
