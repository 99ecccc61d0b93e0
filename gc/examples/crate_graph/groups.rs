//! Groups of packages that depend on each other, and the longest chain of dependencies.

use std::collections::HashMap;

use gc::{ByAddress, Mutation};

use crate::graph::{Along, Node, Package};

/// A map from packages, by identity.
type NodeMap<'gc, V> = HashMap<ByAddress<'gc, Package<'gc>>, V>;

/// The strongly connected groups of the graph that is reached from `from`, each after all groups that it depends
/// on. A package on no cycle of dependencies is a group of one. The algorithm is Tarjan's, with a stack of
/// its own: a long chain of dependencies must not exhaust the thread's.
pub(crate) fn groups<'gc>(mc: &Mutation<'gc>, from: &[Node<'gc>]) -> Vec<Vec<Node<'gc>>> {
    let mut search = Search::default();
    for &node in from {
        search.explore(mc, node);
    }
    search.groups
}

#[derive(Default)]
struct Search<'gc> {
    /// The order in which a package was found, and the earliest one on the stack that it is known to reach.
    order: NodeMap<'gc, (usize, usize)>,
    /// Found, and not yet in a group.
    stack: Vec<Node<'gc>>,
    /// In a group.
    grouped: NodeMap<'gc, ()>,
    groups: Vec<Vec<Node<'gc>>>,
}

impl<'gc> Search<'gc> {
    fn explore(&mut self, mc: &Mutation<'gc>, start: Node<'gc>) {
        if !self.find(start) {
            return;
        }
        // The path from `start`: packages, each with the number of its edges that were followed.
        let mut path = vec![(start, 0)];
        while let Some((node, followed)) = path.last_mut() {
            let node = *node;
            let next = node.edges(mc, Along::Dependencies).get(*followed).copied();
            *followed += 1;
            match next {
                Some(next) if self.find(next) => path.push((next, 0)),
                Some(next) if !self.grouped.contains_key(&ByAddress(next)) => {
                    let found = self.order[&ByAddress(next)].0;
                    self.reaches(node, found);
                }
                Some(_) => {}
                None => {
                    path.pop();
                    self.leave(node);
                    if let Some(&(before, _)) = path.last() {
                        let earliest = self.order[&ByAddress(node)].1;
                        self.reaches(before, earliest);
                    }
                }
            }
        }
    }

    /// Whether the package is met for the first time.
    fn find(&mut self, node: Node<'gc>) -> bool {
        let now = self.order.len();
        if self.order.contains_key(&ByAddress(node)) {
            return false;
        }
        self.order.insert(ByAddress(node), (now, now));
        self.stack.push(node);
        true
    }

    /// The package reaches one that was found then.
    fn reaches(&mut self, node: Node<'gc>, found: usize) {
        if let Some((_, earliest)) = self.order.get_mut(&ByAddress(node)) {
            *earliest = found.min(*earliest);
        }
    }

    /// All that the package reaches is known: if nothing earlier is among it, a group is complete.
    fn leave(&mut self, node: Node<'gc>) {
        let (found, earliest) = self.order[&ByAddress(node)];
        if earliest < found {
            return;
        }
        let first = self.stack.iter().rposition(|other| Node::ptr_eq(*other, node));
        let group = self.stack.split_off(first.expect("a package is on the stack until it is in a group"));
        self.grouped.extend(group.iter().map(|&node| (ByAddress(node), ())));
        self.groups.push(group);
    }
}

/// The longest chain of groups, each depending on the next. `groups` come in the order in which they are found.
pub(crate) fn longest_chain<'gc>(mc: &Mutation<'gc>, groups: &[Vec<Node<'gc>>]) -> Vec<Vec<Node<'gc>>> {
    let mut group_of = NodeMap::new();
    // For each group, the length of the chain that begins there, and the next group.
    let mut chains: Vec<(usize, Option<usize>)> = Vec::with_capacity(groups.len());
    for (number, group) in groups.iter().enumerate() {
        group_of.extend(group.iter().map(|&node| (ByAddress(node), number)));
        let mut longest = (1, None);
        for node in group {
            for needed in node.edges(mc, Along::Dependencies).iter() {
                let next = group_of[&ByAddress(*needed)];
                if next != number && chains[next].0 >= longest.0 {
                    longest = (chains[next].0 + 1, Some(next));
                }
            }
        }
        chains.push(longest);
    }
    let mut at = (0..groups.len()).max_by_key(|&group| chains[group].0);
    let mut chain = Vec::new();
    while let Some(group) = at {
        chain.push(groups[group].clone());
        at = chains[group].1;
    }
    chain
}
