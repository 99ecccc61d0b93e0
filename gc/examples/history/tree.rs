//! A balanced search tree that never changes: to insert or remove makes a new tree, which shares all but one path with the old
//! one. It is an AVL tree.

use std::cmp::Ordering;

use gc::{Gc, Mutation, Trace};

/// A version of the tree: its root. `None` is the empty tree.
pub(crate) type Tree<'gc, K, V> = Option<Gc<'gc, Node<'gc, K, V>>>;

/// A key and a value. Nodes are copied, entries are not, so neither `K` nor `V` has to be `Clone`.
type Entry<'gc, K, V> = Gc<'gc, (K, V)>;

/// No cell: what does not change needs none.
#[derive(Trace)]
pub(crate) struct Node<'gc, K, V> {
    entry: Entry<'gc, K, V>,
    left: Tree<'gc, K, V>,
    right: Tree<'gc, K, V>,
    height: u8,
}

fn height<K, V>(tree: Tree<'_, K, V>) -> u8 {
    tree.map_or(0, |node| node.height)
}

fn node<'gc, K: Trace<'gc>, V: Trace<'gc>>(
    mc: &Mutation<'gc>,
    left: Tree<'gc, K, V>,
    entry: Entry<'gc, K, V>,
    right: Tree<'gc, K, V>,
) -> Gc<'gc, Node<'gc, K, V>> {
    let height = 1 + height(left).max(height(right));
    Gc::new(mc, Node { entry, left, right, height })
}

/// A node of two trees whose heights differ by two at most, turned such that they differ by one at most.
fn balanced<'gc, K: Trace<'gc>, V: Trace<'gc>>(
    mc: &Mutation<'gc>,
    left: Tree<'gc, K, V>,
    entry: Entry<'gc, K, V>,
    right: Tree<'gc, K, V>,
) -> Gc<'gc, Node<'gc, K, V>> {
    match (left, right) {
        (Some(l), _) if l.height > height(right) + 1 => match l.right {
            Some(inner) if inner.height > height(l.left) => {
                let (below, above) =
                    (node(mc, l.left, l.entry, inner.left), node(mc, inner.right, entry, right));
                node(mc, Some(below), inner.entry, Some(above))
            }
            inner => node(mc, l.left, l.entry, Some(node(mc, inner, entry, right))),
        },
        (_, Some(r)) if r.height > height(left) + 1 => match r.left {
            Some(inner) if inner.height > height(r.right) => {
                let (below, above) =
                    (node(mc, left, entry, inner.left), node(mc, inner.right, r.entry, r.right));
                node(mc, Some(below), inner.entry, Some(above))
            }
            inner => node(mc, Some(node(mc, left, entry, inner)), r.entry, r.right),
        },
        _ => node(mc, left, entry, right),
    }
}

/// The value for a key.
pub(crate) fn get<'gc, K: Ord, V>(mut tree: Tree<'gc, K, V>, key: &K) -> Option<&'gc V> {
    while let Some(node) = tree {
        // `Gc::as_ref` lasts as long as the mutation; `&node.entry` would last as long as `node`.
        let (at, value) = Gc::as_ref(node.entry);
        tree = match key.cmp(at) {
            Ordering::Less => node.left,
            Ordering::Equal => return Some(value),
            Ordering::Greater => node.right,
        };
    }
    None
}

/// The tree with a key and its value, in the place of what was there for this key.
pub(crate) fn insert<'gc, K: Trace<'gc> + Ord, V: Trace<'gc>>(
    mc: &Mutation<'gc>,
    tree: Tree<'gc, K, V>,
    entry: Entry<'gc, K, V>,
) -> Gc<'gc, Node<'gc, K, V>> {
    let Some(at) = tree else { return node(mc, None, entry, None) };
    match entry.0.cmp(&at.entry.0) {
        Ordering::Less => balanced(mc, Some(insert(mc, at.left, entry)), at.entry, at.right),
        Ordering::Equal => node(mc, at.left, entry, at.right),
        Ordering::Greater => balanced(mc, at.left, at.entry, Some(insert(mc, at.right, entry))),
    }
}

/// The tree without a key.
pub(crate) fn remove<'gc, K: Trace<'gc> + Ord, V: Trace<'gc>>(
    mc: &Mutation<'gc>,
    tree: Tree<'gc, K, V>,
    key: &K,
) -> Tree<'gc, K, V> {
    let at = tree?;
    match key.cmp(&at.entry.0) {
        Ordering::Less => Some(balanced(mc, remove(mc, at.left, key), at.entry, at.right)),
        Ordering::Greater => Some(balanced(mc, at.left, at.entry, remove(mc, at.right, key))),
        Ordering::Equal => match at.right {
            None => at.left,
            Some(right) => {
                let first =
                    std::iter::successors(Some(right), |node| node.left).last().expect("one at least");
                Some(balanced(mc, at.left, first.entry, remove(mc, at.right, &first.entry.0)))
            }
        },
    }
}

/// All keys and values in order.
pub(crate) fn iter<'gc, K, V>(tree: Tree<'gc, K, V>) -> impl Iterator<Item = &'gc (K, V)> {
    // What is still to come: nodes whose left side has been seen to.
    let mut waiting: Vec<Gc<'gc, Node<'gc, K, V>>> = Vec::new();
    let mut below = tree;
    std::iter::from_fn(move || {
        while let Some(node) = below {
            waiting.push(node);
            below = node.left;
        }
        let node = waiting.pop()?;
        below = node.right;
        Some(Gc::as_ref(node.entry))
    })
}
