//! What objects own elsewhere, as the heap counts it, against what an allocator has counted.

mod counting;
mod lives;
mod shapes;
mod special;
