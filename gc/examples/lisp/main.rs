//! An interpreter of a small Lisp with closures, for programs of any length and recursions of any depth.
//!
//! All that it knows lies in the heap: expressions, values, variables, and what is still to be done. So it can leave its
//! mutation after any step, in the middle of the deepest recursion, and what the program has lost is collected there.
//!
//! ```text
//! cargo run -p gc --example lisp [FILE]
//! ```
#![forbid(unsafe_code)]

mod compile;
mod machine;
mod reader;
mod value;

use std::error::Error;
use std::fs;
use std::io::{self, Write};

use gc::{Heap, Root};

use crate::machine::Machine;

/// Closures that share a variable, functions that make functions, and a recursion 100,000 calls deep.
const SAMPLE: &str = "
    (define counter (lambda (n) (lambda (step) (set n (+ n step)))))
    (define one (counter 0))
    (define other (counter 100))
    (one 1)
    (one 1)
    (other 5)

    (define compose (lambda (f g) (lambda (x) (f (g x)))))
    (define twice (lambda (f) (compose f f)))
    (((twice twice) (lambda (n) (+ n 3))) 10)

    (define upto (lambda (n) (if (< n 1) nil (cons n (upto (- n 1))))))
    (define sum (lambda (list) (if (pair list) (+ (head list) (sum (tail list))) 0)))
    (upto 5)
    (sum (upto 100000))

    (define loop (lambda (n) (if (< n 1) n (loop (- n 1)))))
    (loop 200000)
    (undefined)
";

fn main() -> Result<(), Box<dyn Error>> {
    let text = match std::env::args().nth(1) {
        Some(file) => fs::read_to_string(file)?,
        None => SAMPLE.to_owned(),
    };
    let mut out = io::stdout().lock();
    // So small a heap that cycles run all the time.
    let heap = Heap::builder().min_heap_bytes(256 << 10).growth_percent(25).build();
    let machine: Root<Machine<'static>> = heap.mutate(|mc| Root::new(mc, Machine::new(mc)));
    for form in reader::read(&text)? {
        match machine::evaluate(&heap, &machine, &form) {
            Ok(value) => writeln!(out, "{form}\n    = {value}")?,
            Err(error) => writeln!(out, "{form}\n    ! {error}")?,
        }
    }
    // In the zeal build and in ordinary ones the number differs; that there were many does not.
    let many = heap.stats().cycles > 10;
    writeln!(out, "\nCollected many times on the way: {many}")?;
    Ok(())
}
