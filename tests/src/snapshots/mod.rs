//! Snapshots of heaps, and what ought to be in them.

mod compare;
mod graph;
mod shapes;
mod sketch;

pub use compare::compare;
pub use graph::{Edge, Graph, Measure, Node};
pub use shapes::{SHAPES, Shape};
pub use sketch::{Sketch, object_key};
