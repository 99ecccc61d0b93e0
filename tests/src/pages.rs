//! The pages that teach, compiled and run as doc tests: the README and every page of the book.

#[doc = include_str!("../../README.md")]
mod readme {}

#[doc = include_str!("../../book/src/introduction.md")]
mod introduction {}

#[doc = include_str!("../../book/src/guide/quick-start.md")]
mod quick_start {}

#[doc = include_str!("../../book/src/guide/tour.md")]
mod tour {}

#[doc = include_str!("../../book/src/guide/roots-and-mutations.md")]
mod roots_and_mutations {}

#[doc = include_str!("../../book/src/guide/pointers.md")]
mod pointers {}

#[doc = include_str!("../../book/src/guide/deriving.md")]
mod deriving {}

#[doc = include_str!("../../book/src/guide/cells.md")]
mod cells {}

#[doc = include_str!("../../book/src/guide/interpreters.md")]
mod interpreters {}

#[doc = include_str!("../../book/src/guide/threads.md")]
mod threads {}

#[doc = include_str!("../../book/src/guide/async.md")]
mod asynchronous {}

#[doc = include_str!("../../book/src/guide/weak.md")]
mod weak {}

#[doc = include_str!("../../book/src/guide/finalizers.md")]
mod finalizers {}

#[doc = include_str!("../../book/src/guide/destructors.md")]
mod destructors {}

#[doc = include_str!("../../book/src/guide/owned-memory.md")]
mod owned_memory {}

#[doc = include_str!("../../book/src/guide/collections.md")]
mod collections {}

#[doc = include_str!("../../book/src/guide/foreign.md")]
mod foreign {}

#[doc = include_str!("../../book/src/guide/tuning.md")]
mod tuning {}

#[doc = include_str!("../../book/src/guide/troubleshooting.md")]
mod troubleshooting {}

#[doc = include_str!("../../book/src/guide/messages.md")]
mod messages {}

#[doc = include_str!("../../book/src/guide/messages-brands.md")]
mod messages_brands {}

#[doc = include_str!("../../book/src/guide/messages-derive.md")]
mod messages_derive {}

#[doc = include_str!("../../book/src/guide/messages-cells-threads.md")]
mod messages_cells_threads {}

#[doc = include_str!("../../book/src/guide/migrating.md")]
mod migrating {}

#[doc = include_str!("../../book/src/guide/migrating-rc.md")]
mod migrating_rc {}

#[doc = include_str!("../../book/src/guide/migrating-gc-arena.md")]
mod migrating_gc_arena {}

#[doc = include_str!("../../book/src/guide/migrating-boa-gc.md")]
mod migrating_boa_gc {}

#[doc = include_str!("../../book/src/guide/migrating-go.md")]
mod migrating_go {}

#[doc = include_str!("../../book/src/glossary.md")]
mod glossary {}
