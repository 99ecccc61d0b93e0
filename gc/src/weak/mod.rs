//! What holds objects weakly, and is more than a pointer. The page *Weak collections* of the book tells how it goes.

mod entries;
mod ephemeron;
mod interner;
mod known;
mod map;
mod map_entry;
mod set;

pub use ephemeron::Ephemeron;
pub use interner::Interner;
pub use map::WeakMap;
pub use map_entry::WeakMapEntry;
pub use set::WeakSet;
