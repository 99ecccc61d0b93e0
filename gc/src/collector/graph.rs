//! Directed graphs of numbered nodes: which of them lie on a cycle, and on which.

use std::collections::VecDeque;

/// A graph, by the successors of each node.
#[derive(Debug, Default)]
pub(super) struct Graph {
    pub(super) successors: Vec<Vec<usize>>,
}

/// A node that is not in any component yet.
const NONE: usize = usize::MAX;

impl Graph {
    /// The strongly connected component of each node: two nodes are in the same one exactly if each leads to the
    /// other. In linear time, without recursion (Tarjan, "Depth-first search and linear graph algorithms", 1972).
    pub(super) fn components(&self) -> Vec<usize> {
        let n = self.successors.len();
        // When a node was met; the earliest met node that it is known to lead to and that has no component yet.
        let (mut met, mut low, mut components) = (vec![NONE; n], vec![NONE; n], vec![NONE; n]);
        let (mut n_met, mut n_components) = (0, 0);
        // Nodes without a component in the order in which they were met.
        let mut open = Vec::new();
        for start in 0..n {
            if met[start] != NONE {
                continue;
            }
            // Nodes under way, each with its successors that were seen to.
            let mut way = vec![(start, 0)];
            while let Some((node, seen)) = way.last_mut() {
                let node = *node;
                if *seen == 0 {
                    (met[node], low[node]) = (n_met, n_met);
                    n_met += 1;
                    open.push(node);
                }
                if let Some(&next) = self.successors[node].get(*seen) {
                    *seen += 1;
                    if met[next] == NONE {
                        way.push((next, 0));
                    } else if components[next] == NONE {
                        low[node] = low[node].min(met[next]);
                    }
                    continue;
                }
                way.pop();
                if let Some(&(before, _)) = way.last() {
                    low[before] = low[before].min(low[node]);
                }
                if low[node] == met[node] {
                    let first = open.iter().rposition(|&other| other == node).expect("it is open");
                    open.drain(first..).for_each(|member| components[member] = n_components);
                    n_components += 1;
                }
            }
        }
        components
    }

    /// A shortest way from a node back to itself, the node first, if there is one.
    pub(super) fn cycle_through(&self, node: usize, components: &[usize]) -> Option<Vec<usize>> {
        let mut before = std::collections::HashMap::new();
        let mut next = VecDeque::from([node]);
        while let Some(at) = next.pop_front() {
            // All that lies on a way back is in the same component.
            for &to in self.successors[at].iter().filter(|&&to| components[to] == components[node]) {
                if to == node {
                    let way = core::iter::successors(Some(at), |at| before.get(at).copied());
                    let mut way: Vec<usize> = way.collect();
                    way.reverse();
                    return Some(way);
                }
                before.entry(to).or_insert_with(|| {
                    next.push_back(to);
                    at
                });
            }
        }
        None
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::Graph;

    fn graph(n: usize, edges: &[(usize, usize)]) -> Graph {
        let mut graph = Graph { successors: vec![Vec::new(); n] };
        edges.iter().for_each(|&(from, to)| graph.successors[from].push(to));
        graph
    }

    fn leads_to(graph: &Graph, from: usize, to: usize) -> bool {
        let (mut seen, mut next) = (vec![false; graph.successors.len()], vec![from]);
        while let Some(at) = next.pop() {
            for &after in &graph.successors[at] {
                if !std::mem::replace(&mut seen[after], true) {
                    next.push(after);
                }
            }
        }
        seen[to]
    }

    /// All graphs of four nodes against the definition.
    #[test]
    fn components_and_cycles_of_small_graphs() {
        const N: usize = 4;
        for bits in 0..1_u32 << (N * N) {
            let edges: Vec<_> =
                (0..N * N).filter(|at| bits >> at & 1 == 1).map(|at| (at / N, at % N)).collect();
            let graph = graph(N, &edges);
            let components = graph.components();
            for from in 0..N {
                for to in 0..N {
                    let together = from == to || (leads_to(&graph, from, to) && leads_to(&graph, to, from));
                    assert_eq!(components[from] == components[to], together, "{from} and {to} of {edges:?}");
                }
                let cycle = graph.cycle_through(from, &components);
                assert_eq!(cycle.is_some(), leads_to(&graph, from, from), "{from} of {edges:?}");
                if let Some(cycle) = cycle {
                    let ends = cycle.iter().skip(1).chain([&cycle[0]]);
                    assert_eq!(cycle[0], from);
                    assert!(cycle.iter().zip(ends).all(|(&at, &to)| graph.successors[at].contains(&to)));
                }
            }
        }
    }

    #[test]
    fn the_cycle_is_a_shortest_one() {
        let graph = graph(6, &[(0, 1), (1, 2), (2, 3), (3, 0), (0, 4), (4, 3), (4, 5)]);
        assert_eq!(graph.cycle_through(0, &graph.components()), Some(vec![0, 4, 3]));
        assert_eq!(graph.cycle_through(5, &graph.components()), None);
    }

    /// Nothing recurses.
    #[test]
    fn a_long_cycle() {
        const N: usize = 1_000_000;
        let edges: Vec<_> = (0..N).map(|at| (at, (at + 1) % N)).collect();
        let graph = graph(N, &edges);
        let components = graph.components();
        assert!(components.iter().all(|&component| component == 0));
        assert_eq!(graph.cycle_through(7, &components).map(|cycle| cycle.len()), Some(N));
    }
}
