//! What holds objects weakly, and is more than a pointer. The page *Weak collections* of the book tells how it goes.

mod cache;
mod candidates;
mod entries;
mod ephemeron;
mod internable;
mod interner;
mod map;
mod map_entry;
mod recency;
mod set;
mod short_lock;
mod value_map;

pub use cache::Cache;
pub use ephemeron::Ephemeron;
pub use internable::Internable;
pub use interner::Interner;
pub use map::WeakMap;
pub use map_entry::WeakMapEntry;
pub use set::WeakSet;
pub use value_map::WeakValueMap;
