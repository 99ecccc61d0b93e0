//! What tests share: random programs ([`program`]) that run on a real heap ([`machine`]) beside a slow model of
//! it ([`oracle`]), and what shrinks a program that fails ([`shrink`]).
#![forbid(unsafe_code)]

pub mod canary;
mod crew;
mod handle;
pub mod machine;
mod make;
pub mod objects;
pub mod oracle;
#[cfg(doctest)]
mod pages;
pub mod program;
pub mod random;
pub mod shared;
pub mod shrink;
