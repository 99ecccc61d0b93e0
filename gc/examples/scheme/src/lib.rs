//! A Scheme (most of R7RS-small) on a heap of [`gc`]: every value, name, piece of code, frame and port lies in it.
//!
//! It is a client like any other. What it shows of the library, and where:
//!
//! - `value`: a value of the language is one word in the heap (`#[derive(Word)]`), strings and vectors are arrays of the
//!   heap, weak pairs are ephemerons, guardians are told by finalizers;
//! - `compile`: a compiler whose names are objects, so that macros are hygienic;
//! - `machine`: a machine that never recurses in Rust, whose stack is a `GcVec`, whose continuations are objects, and which
//!   leaves its mutation whenever the collector asks, in the middle of the deepest recursion;
//! - `machine::world`: a table of symbols that keeps none of them;
//! - `machine::future`: several threads of one program in one heap;
//! - `library`: procedures written in Rust, and, in `library/*.scm`, in Scheme. A port that is dropped is closed by its
//!   destructor.
//!
//! ```
//! use gc::Heap;
//! use scheme::Session;
//!
//! let session = Session::new(Heap::new(), Box::new(std::io::stdout()));
//! let mut values = Vec::new();
//! let program = "(define (square x) (* x x)) (map square '(1 2 3))";
//! session.evaluate("a program", program, |value| values.push(value)).unwrap();
//! assert_eq!(values, ["(1 4 9)"]);
//! ```

#![forbid(unsafe_code)]

mod compile;
mod library;
mod machine;
mod number;
mod text;
mod value;

pub use machine::session::{Failure, Session};
