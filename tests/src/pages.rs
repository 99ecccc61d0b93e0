//! The pages that teach, compiled and run as doc tests: the README and every page of the book.

#[doc = include_str!("../../README.md")]
mod readme {}

#[doc = include_str!("../../book/src/introduction.md")]
mod introduction {}

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

#[doc = include_str!("../../book/src/glossary.md")]
mod glossary {}
