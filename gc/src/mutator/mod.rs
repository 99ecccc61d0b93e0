//! Mutators.

mod mutation;
pub use mutation::Mutation;
