//! The model: a graph that says what must be alive and what must have been dropped.
//!
//! It knows nothing of memory. What can be reached is found anew each time, by walking from the roots.

use std::collections::{BTreeMap, BTreeSet};

use crate::programs::canary::Ledger;
use crate::programs::program::Kind;
use crate::programs::records::{Records, Weak};

/// Where an edge or a root leads: to an object, or to the part of it that interior pointers point to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edge {
    /// The object.
    pub to: u64,
    /// Whether to the part.
    pub inside: bool,
}

/// What an object is in the model. One [`Kind`] can be two objects: a holder, and what it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// The object of a kind.
    Of(Kind),
    /// The slice, string, trait object or ephemeron that the object of a kind holds.
    HeldBy(Kind),
}

/// An object.
#[derive(Debug)]
pub struct Node {
    /// What it is.
    pub shape: Shape,
    /// Its size, in the unit of its shape.
    pub size: usize,
    /// Its address, which never changes.
    pub address: usize,
    /// Its edges, by slot.
    pub edges: Vec<Option<Edge>>,
    /// Its canaries.
    pub canaries: Vec<usize>,
    /// The weak pointer in it.
    pub sees: Option<Weak>,
    /// The ephemeron in it, an object of its own: what that sees is its key, and its edge is the value's.
    pub bond: Option<u64>,
    /// The entries of the weak collections in it. Those of a weak map are such ephemerons, too.
    pub held: Held,
}

impl Node {
    /// The slots that a pointer can reach: of a pointer to a part only those of the part.
    pub fn slots(&self, inside: bool) -> Vec<usize> {
        match (inside, self.shape) {
            (false, _) => (0..self.edges.len()).collect(),
            (true, Shape::Of(Kind::Node)) => vec![2],
            (true, _) => vec![],
        }
    }

    /// Where its edges lead.
    pub fn targets(&self) -> impl Iterator<Item = u64> {
        self.edges
            .iter()
            .flatten()
            .map(|edge| edge.to)
            .chain(self.bond)
            .chain(self.held.notes.values().copied())
    }

    /// The weak pointers in it.
    pub fn all_seen(&self) -> impl Iterator<Item = Weak> {
        self.sees.into_iter().chain(self.held.sees())
    }

    /// Whether its edge depends on its key.
    pub fn is_ephemeron(&self) -> bool {
        self.shape == Shape::HeldBy(Kind::Pact)
    }

    /// Whether edges can be added and taken away at the end.
    pub fn grows(&self) -> bool {
        matches!(self.shape, Shape::Of(Kind::Vector | Kind::Locked))
    }

    /// Whether the slot can be emptied.
    pub fn can_clear(&self, slot: usize) -> bool {
        match self.shape {
            Shape::Of(Kind::Typed) => slot == 0,
            Shape::Of(Kind::Once | Kind::Row | Kind::Steps | Kind::Flock | Kind::Speech | Kind::Herald) => {
                false
            }
            _ => true,
        }
    }
}

/// What a shelf holds, in the model.
#[derive(Debug, Default)]
pub struct Held {
    /// Of the weak map: ephemerons, by key.
    pub notes: BTreeMap<u64, u64>,
    /// Of the weak set: by object.
    pub set: BTreeMap<u64, Weak>,
    /// Of the weak-value map.
    pub names: BTreeMap<u8, Weak>,
    /// Of the interner, by class.
    pub words: BTreeMap<u8, Weak>,
}

impl Held {
    /// The weak pointers in it, but for those in ephemerons.
    pub fn sees(&self) -> impl Iterator<Item = Weak> {
        self.set.values().chain(self.names.values()).chain(self.words.values()).copied()
    }
}

/// One root variable: clones share a slot of the heap.
#[derive(Clone, Copy, Debug)]
pub struct RootVariable {
    /// Its target.
    pub edge: Edge,
    /// The slot.
    pub slot: u64,
}

/// The graph of one heap.
#[derive(Debug, Default)]
pub struct Model {
    /// All objects that are not known to be dead.
    pub nodes: BTreeMap<u64, Node>,
    /// The roots that the program holds.
    pub roots: Vec<RootVariable>,
    /// Weak pointers, finalizers, cleanups, pins.
    pub records: Records,
}

impl Model {
    /// Whether the slot of an object can hold this edge.
    pub fn can_store(&self, from: u64, slot: usize, edge: Edge) -> bool {
        let (from, to) = (&self.nodes[&from], &self.nodes[&edge.to]);
        // Only whole objects of a kind, and parts, fit a link.
        let fits = matches!(to.shape, Shape::Of(_));
        match from.shape {
            Shape::Of(Kind::Typed) => slot == 0 && to.shape == Shape::Of(Kind::Typed) && !edge.inside,
            Shape::Of(Kind::Once) => fits && from.edges[0].is_none(),
            Shape::Of(Kind::Row | Kind::Steps | Kind::Flock | Kind::Speech | Kind::Herald) => false,
            _ => fits,
        }
    }

    /// Whether interior pointers to an object exist.
    pub fn has_inside(&self, id: u64) -> bool {
        matches!(self.nodes[&id].shape, Shape::Of(Kind::Node | Kind::Leaf))
    }

    /// Objects that the program holds.
    pub fn entries(&self) -> Vec<u64> {
        let pins = self.records.pins.iter().map(|edge| edge.to);
        self.roots.iter().map(|root| root.edge.to).chain(pins).collect()
    }

    /// Everything that can be reached.
    pub fn reachable(&self) -> BTreeSet<u64> {
        self.reach(self.entries())
    }

    /// Everything that can be reached from these objects.
    pub fn reach(&self, mut next: Vec<u64>) -> BTreeSet<u64> {
        let (mut reached, mut ephemerons) = (BTreeSet::new(), BTreeSet::new());
        loop {
            while let Some(id) = next.pop() {
                let node = &self.nodes[&id];
                let is_new = reached.insert(id);
                if is_new && node.is_ephemeron() {
                    ephemerons.insert(id);
                } else if is_new {
                    // Whichever part is pointed to, the whole object is kept, and so is what it points to.
                    next.extend(node.targets());
                }
            }
            // To the fixed point.
            let has_key = |id: &u64| self.key(*id).is_some_and(|key| reached.contains(&key.to));
            let (due, others): (BTreeSet<u64>, _) = ephemerons.into_iter().partition(has_key);
            if due.is_empty() {
                return reached;
            }
            next.extend(due.iter().flat_map(|id| self.nodes[id].targets()));
            ephemerons = others;
        }
    }

    /// The key of an ephemeron, unless it is dead.
    pub fn key(&self, ephemeron: u64) -> Option<Edge> {
        let key = self.nodes[&ephemeron].sees.expect("an ephemeron sees its key");
        self.records.handles.get(&key.handle).filter(|handle| handle.alive).map(|_| key.edge)
    }

    /// Root slots in use.
    pub fn root_slots(&self) -> usize {
        let weak = self.records.weak.iter().filter_map(|weak| weak.slot);
        let slots: BTreeSet<u64> = self.roots.iter().map(|root| root.slot).chain(weak).collect();
        // All pins of an object share one.
        slots.len() + self.pinned().len()
    }

    /// The objects that are pinned, and how often.
    pub fn pinned(&self) -> BTreeMap<u64, u64> {
        let mut pinned = BTreeMap::new();
        for edge in &self.records.pins {
            *pinned.entry(edge.to).or_default() += 1;
        }
        pinned
    }

    /// Asserts that none of these objects was dropped.
    ///
    /// # Panics
    ///
    /// One was.
    pub fn check_alive(&self, ids: &BTreeSet<u64>, ledger: &Ledger) {
        for id in ids {
            for &canary in &self.nodes[id].canaries {
                assert_eq!(ledger.drops(canary), 0, "object {id} is alive and was dropped");
            }
        }
    }

    /// After destructors have run: asserts that everything that is dead was dropped once, and forgets it.
    ///
    /// # Panics
    ///
    /// Something was not.
    pub fn bury(&mut self, ledger: &Ledger) {
        for canary in self.records.doomed.drain(..) {
            assert_eq!(ledger.drops(canary), 1, "drops of canary {canary}, whose object is dead");
        }
    }

    /// How many objects that own a token are not dead.
    pub fn tokens(&self) -> usize {
        self.nodes.values().filter(|node| node.shape == Shape::Of(Kind::Named)).count()
    }
}
