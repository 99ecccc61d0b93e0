//! What tests share.
#![forbid(unsafe_code)]

#[cfg(doctest)]
mod pages;
