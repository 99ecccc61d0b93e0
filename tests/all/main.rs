//! Tests of the crate from outside, in one binary.

#[cfg(gc_asan)]
mod asan;
mod auto_traits;
mod book;
mod borrows;
mod cell_operations;
mod cells;
mod closing;
mod debug;
mod depth;
mod derive;
mod destructors;
mod destructors_at_work;
mod empty_parts;
mod empty_slices;
mod end;
mod errors;
mod features;
mod foreign;
mod forks;
mod guards;
mod idle;
mod layers;
mod leaked_locks;
mod limits;
mod lock_free;
mod locks;
mod many_types;
mod marking;
mod memory;
mod mutation;
mod panics;
mod pointers;
mod process;
mod programs;
mod roots;
mod shapes;
mod sizes;
mod specials;
mod stops;
mod thin;
mod threads;
mod unmade;
mod unwinding;
#[cfg(gc_zeal)]
mod zeal;
