//! The pages that teach, compiled and run as doc tests: the README and every page of the book.

#[doc = include_str!("../../README.md")]
mod readme {}

#[doc = include_str!("../../book/src/introduction.md")]
mod introduction {}

#[doc = include_str!("../../book/src/design/weak-collections.md")]
mod weak_collections {}

#[doc = include_str!("../../book/src/glossary.md")]
mod glossary {}
