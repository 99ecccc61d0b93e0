//! Random programs ([`program`]) that run on a real heap ([`machine`]) beside a slow model of it ([`oracle`]), and
//! what shrinks a program that fails ([`shrink`]). What it knows of weak pointers, finalizers, cleanups and pins is in
//! [`records`]. Many at once in one heap: [`shared`], and [`team`].

mod anchors;
mod bond;
mod callbacks;
mod canary;
mod crew;
mod handle;
pub mod machine;
mod make;
pub mod objects;
pub mod oracle;
pub mod program;
pub mod random;
pub mod records;
pub mod shared;
mod shelf;
pub mod shrink;
mod sight;
pub mod team;
mod voice;

pub use callbacks::Action;
