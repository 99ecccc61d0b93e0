//! What a heap tells of its contents, against the model: how much there is of each type, what roots there are, and which
//! paths lead to an object.

use std::any::type_name;
use std::collections::{BTreeMap, BTreeSet};

use gc::Keeper;

use super::World;
use crate::programs::objects::{Choice, Leaf, Locked, Many, Named, Node, Once, Typed, Variant, Vector, Wide};
use crate::programs::oracle::{Model, Node as ModelNode, Shape};
use crate::programs::program::{Kind, Setup};
use crate::programs::sight::Watcher;

/// Weak roots whose targets are asked about each time, as each search visits the whole heap.
const ASKED: usize = 3;

impl World {
    /// Compares what can be seen of a heap in which no cycle starts by itself, after one.
    pub(super) fn look(&self, setup: Setup) {
        self.look_at_census(setup);
        if self.model.records.finalizers.is_empty() && setup.by_hand {
            let roots: BTreeSet<u64> = self.model.roots.iter().map(|root| root.slot).collect();
            let n_roots = roots.len() + self.model.pinned().len();
            assert_eq!(self.heap.roots().expect("outside").len(), n_roots, "roots: heap, model");
        }
        self.look_at_paths();
    }

    fn look_at_census(&self, setup: Setup) {
        let (census, stats) = (self.heap.census().expect("outside"), self.heap.stats());
        let total = census.total();
        assert_eq!(total.objects + total.doomed_objects, stats.objects(), "{census}");
        assert_eq!(total.bytes + total.doomed_bytes, stats.bytes(), "{census}");
        assert_eq!(total.owned_bytes, stats.owned_bytes, "{census}");
        assert_eq!(total.doomed_objects, stats.objects_doomed, "{census}");
        assert_eq!(census.exact, setup.by_hand);
        let kinds = [
            (Kind::Leaf, type_name::<Leaf>()),
            (Kind::Wide, type_name::<Wide>()),
            (Kind::Typed, type_name::<Typed<'_>>()),
            (Kind::Node, type_name::<Node<'_>>()),
            (Kind::Many, type_name::<Many<'_>>()),
            (Kind::Vector, type_name::<Vector<'_>>()),
            (Kind::Locked, type_name::<Locked<'_>>()),
            (Kind::Once, type_name::<Once<'_>>()),
            (Kind::Variant, type_name::<Variant<'_>>()),
            (Kind::Choice, type_name::<Choice<'_>>()),
            (Kind::Watcher, type_name::<Watcher<'_>>()),
            (Kind::Named, type_name::<Named<'_>>()),
        ];
        for (kind, name) in kinds.into_iter().filter(|_| census.exact) {
            let n = self.model.nodes.values().filter(|node| node.shape == Shape::Of(kind)).count() as u64;
            assert_eq!(census.of(name).objects, n, "{kind:?}: heap, model");
        }
    }

    fn look_at_paths(&self) {
        let (reachable, distances) = (self.model.reachable(), distances(&self.model));
        let records = &self.model.records;
        let has_ephemerons = self.model.nodes.values().any(ModelNode::is_ephemeron);
        for (weak, of_model) in self.weak.iter().zip(&records.weak).take(ASKED) {
            let (paths, id) = (weak.paths(&self.heap), of_model.edge.to);
            let is_alive = records.handles.get(&of_model.handle).is_some_and(|handle| handle.alive);
            if is_alive && reachable.contains(&id) {
                let path = paths.first().unwrap_or_else(|| panic!("no path to {id}, which is reachable"));
                let last = path.objects.last().expect("the target");
                assert!(
                    last.part.is_empty() && path.objects.iter().rev().skip(1).all(|on| !on.part.is_empty())
                );
                if records.finalizers.is_empty() && !has_ephemerons {
                    assert_eq!(path.objects.len(), distances[&id], "{path} to {id}: heap, model");
                }
            } else {
                // What the program cannot reach finalizers may keep.
                let by_finalizer =
                    |keeper: Keeper| matches!(keeper, Keeper::ByFinalizer | Keeper::ByDueFinalizer);
                let other = paths.iter().find(|path| !by_finalizer(path.keeper));
                assert!(other.is_none(), "{other:?} to {id}, which is not reachable");
                assert!(paths.is_empty() || !records.finalizers.is_empty(), "{paths:?} to {id}");
            }
        }
    }
}

/// How many objects there are on a shortest way from what the program holds, if ephemerons were ordinary objects.
fn distances(model: &Model) -> BTreeMap<u64, usize> {
    let (mut distances, mut distance) = (BTreeMap::new(), 0);
    let mut next: BTreeSet<u64> = model.entries().into_iter().collect();
    while !next.is_empty() {
        distance += 1;
        distances.extend(next.iter().map(|&id| (id, distance)));
        let targets = next.iter().flat_map(|id| model.nodes[id].targets());
        // Where ephemerons lead to may be dead.
        next = targets.filter(|id| model.nodes.contains_key(id) && !distances.contains_key(id)).collect();
    }
    distances
}
