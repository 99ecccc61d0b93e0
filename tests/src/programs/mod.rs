//! Random programs ([`program`]) that run on a real heap ([`machine`]) beside a slow model of it ([`oracle`]), and
//! what shrinks a program that fails ([`shrink`]). Many at once in one heap: [`shared`], and [`team`].

mod canary;
mod crew;
mod handle;
pub mod machine;
mod make;
pub mod objects;
pub mod oracle;
pub mod program;
pub mod random;
pub mod shared;
pub mod shrink;
pub mod team;
