//! Tests of the crate from outside, in one binary.

mod auto_traits;
mod borrows;
mod cells;
mod depth;
mod derive;
mod destructors;
mod end;
mod layers;
mod locks;
mod mutation;
mod panics;
mod pointers;
mod roots;
mod shapes;
mod sizes;
mod threads;
