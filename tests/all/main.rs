//! Tests of the crate from outside, in one binary.

mod auto_traits;
mod book;
mod borrows;
mod cells;
mod depth;
mod derive;
mod destructors;
mod destructors_at_work;
mod empty_slices;
mod end;
mod layers;
mod leaked_locks;
mod limits;
mod locks;
mod mutation;
mod panics;
mod pointers;
mod roots;
mod shapes;
mod sizes;
mod threads;
