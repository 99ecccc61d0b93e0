//! The graph, for peers of [`counted!`](super::counted) that free cycles.

macro_rules! graph {
    (derive: [$($derive:path),*], trace: $trace:ident, rest: $rest:path) => {
        use $crate::workloads::graph;

        #[derive($($derive),*)]
        struct Knot {
            twin: Mutable<Option<Ptr<Knot>>>,
            edges: Mutable<[Option<Ptr<Knot>>; 2]>,
            number: u64,
        }
        $trace! { Knot: twin, edges }

        struct Network(Vec<Ptr<Knot>>);

        impl graph::Nodes for Vec<Ptr<Knot>> {
            type Node = Ptr<Knot>;

            fn at(&self, place: usize) -> Self::Node {
                self[place].clone()
            }

            fn put(&mut self, place: usize, node: Self::Node) {
                match self.get_mut(place) {
                    Some(known) => *known = node,
                    None => self.push(node),
                }
            }

            fn make(&mut self, number: u64, edges: [Option<Self::Node>; 2]) -> Self::Node {
                let knot = |twin, edges| {
                    Ptr::new(Knot { twin: Mutable::made(twin), edges: Mutable::made(edges), number })
                };
                let node = knot(None, edges);
                let twin = knot(Some(node.clone()), [None, None]);
                node.twin.change(|known| *known = Some(twin));
                node
            }

            fn link(&self, from: &Self::Node, edge: usize, to: Self::Node) {
                // The old one is dropped when the cell is not borrowed any more.
                drop(from.edges.change(|edges| edges[edge].replace(to)));
            }

            fn follow(&self, from: &Self::Node, edge: usize) -> Option<Self::Node> {
                from.edges.look(|edges| edges[edge].clone())
            }

            fn number(&self, node: &Self::Node) -> u64 {
                node.number
            }
        }

        impl graph::Graph for Network {
            fn new() -> Self {
                Self(Vec::new())
            }

            fn batch(&mut self, steps: &mut graph::Steps) {
                steps.each(&mut self.0);
                $rest();
            }
        }
    };
}
pub(in crate::peers) use graph;
