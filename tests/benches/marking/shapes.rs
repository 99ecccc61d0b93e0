//! The graphs that are marked: the same for everyone, as lists of edges.

/// Objects of a graph, where nothing else is said.
pub(crate) const N: usize = 5_000_000;

/// A graph of objects of three edges. Object 0 is the root.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// A list in the order of allocation: one object leads to the next, nothing can be done ahead or aside.
    List,
    /// A binary tree, allocated level by level.
    Tree,
    /// Each object has edges to three at random.
    Graph,
    /// One slice of edges to all objects, which have none.
    Slice,
}

pub(crate) const SHAPES: [Shape; 4] = [Shape::List, Shape::Tree, Shape::Graph, Shape::Slice];

impl Shape {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::List => "list",
            Self::Tree => "tree",
            Self::Graph => "graph",
            Self::Slice => "slice",
        }
    }

    /// Calls `each` with every edge of a graph of `n` objects: which object, which of its three edges, to which object.
    pub(crate) fn edges(self, n: usize, mut each: impl FnMut(usize, usize, usize)) {
        let mut random = Random(0x9E37_79B9_7F4A_7C15);
        for from in 0..n {
            match self {
                Self::List if from + 1 < n => each(from, 0, from + 1),
                Self::Tree => {
                    (0..2).filter(|i| 2 * from + i + 1 < n).for_each(|i| each(from, i, 2 * from + i + 1))
                }
                Self::Graph => (0..3).for_each(|i| each(from, i, random.below(n))),
                Self::List | Self::Slice => {}
            }
        }
    }
}

/// Marsaglia's xorshift.
struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 11).expect("64 bits") % n
    }
}
