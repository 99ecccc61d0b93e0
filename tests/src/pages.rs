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

#[doc = include_str!("../../book/src/guide/leaks.md")]
mod leaks {}

#[doc = include_str!("../../book/src/guide/pauses.md")]
mod pauses {}

#[doc = include_str!("../../book/src/guide/allocations.md")]
mod allocations {}

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

#[doc = include_str!("../../book/src/design/layers.md")]
mod design_layers {}

#[doc = include_str!("../../book/src/design/cycle.md")]
mod design_cycle {}

#[doc = include_str!("../../book/src/design/memory.md")]
mod design_memory {}

#[doc = include_str!("../../book/src/design/types.md")]
mod design_types {}

#[doc = include_str!("../../book/src/design/specials.md")]
mod design_specials {}

#[doc = include_str!("../../book/src/design/mutators.md")]
mod design_mutators {}

#[doc = include_str!("../../book/src/design/marking.md")]
mod design_marking {}

#[doc = include_str!("../../book/src/design/sweeping.md")]
mod design_sweeping {}

#[doc = include_str!("../../book/src/design/pacing.md")]
mod design_pacing {}

#[doc = include_str!("../../book/src/design/cells.md")]
mod design_cells {}

#[doc = include_str!("../../book/src/design/safety.md")]
mod design_safety {}

#[doc = include_str!("../../book/src/design/prior-art.md")]
mod design_prior_art {}

#[doc = include_str!("../../book/src/design/performance.md")]
mod design_performance {}

#[doc = include_str!("../../book/src/design/figures.md")]
mod design_figures {}

#[doc = include_str!("../../book/src/contributing/architecture.md")]
mod contributing_architecture {}

#[doc = include_str!("../../book/src/contributing/style.md")]
mod contributing_style {}

#[doc = include_str!("../../book/src/contributing/unsafe.md")]
mod contributing_unsafe {}

#[doc = include_str!("../../book/src/contributing/testing.md")]
mod contributing_testing {}

#[doc = include_str!("../../book/src/contributing/release.md")]
mod contributing_release {}
#[doc = include_str!("../../book/src/design/weak-collections.md")]
mod weak_collections {}

#[doc = include_str!("../../book/src/glossary.md")]
mod glossary {}
