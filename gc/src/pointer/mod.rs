//! Pointers to objects: which one when.
//!
//! | pointer | where | keeps its target |
//! |---|---|---|
//! | [`Gc`] | inside a mutation, and in objects | as long as the mutation, or as what it is stored in is reachable |
//! | [`GcStr`], [`GcSlice`] | as `Gc` | as `Gc`; one word, the length is in the object, which is a [`Thin`] |
//! | [`Root`] | anywhere outside the heap | as long as it exists |
//! | [`WeakGc`] | as `Gc` | never |
//! | [`WeakRoot`] | anywhere outside the heap | never |
//! | [`ByAddress`] | as `Gc` | as `Gc`; compared and hashed by identity |
//! | [`RootByAddress`] | as `Root` | as `Root`; compared and hashed by identity |

mod by_address;
mod debug;
mod downcast;
mod gc;
mod gc_slice;
mod gc_traits;
mod root;
mod root_by_address;
mod thin;
mod thin_slice;
mod thin_str;
mod thin_traits;
mod weak;
mod weak_root;

pub use by_address::ByAddress;
pub(crate) use debug::with_mutation_at_hand;
pub use downcast::Downcast;
pub use gc::Gc;
pub(crate) use gc::out_of_memory;
pub(crate) use gc_slice::{filled_by, filled_with};
pub use root::Root;
pub use root_by_address::RootByAddress;
pub use thin::Thin;
pub use thin_slice::GcSlice;
pub use thin_str::GcStr;
pub use weak::WeakGc;
pub use weak_root::WeakRoot;
