//! Whether a snapshot is what it ought to be: what was sketched, what the census counts, and where paths lead.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use gc::{Heap, Keeper, Step};

use super::graph::{Graph, Node};
use super::sketch::{Sketch, object_key};

/// A graph in which nothing depends on the order in which objects lie.
fn in_order(graph: &Graph) -> BTreeMap<String, Node> {
    let mut nodes = graph.nodes.clone();
    nodes.get_mut("heap").expect("a root").name.clear();
    for node in nodes.values_mut() {
        if node.kind == "synthetic" {
            // Numbers of roots mean nothing.
            let elements = node.edges.iter_mut().filter(|edge| edge.kind == "element");
            elements.for_each(|edge| edge.name.clear());
        }
        node.edges.sort();
    }
    nodes
}

/// Takes a snapshot, asserts that it is as sketched, and gives it with its graph.
///
/// # Panics
///
/// It is not.
pub fn compare(heap: &Heap, sketch: &Sketch, name: &str) -> (Vec<u8>, Graph) {
    let mut text = Vec::new();
    heap.write_snapshot(&mut text).expect("a snapshot");
    let graph = Graph::read(core::str::from_utf8(&text).expect("ASCII"));
    let (found, mut expected) = (in_order(&graph), in_order(&sketch.graph()));
    for (key, node) in &found {
        assert_eq!(Some(node), expected.remove(key).as_ref(), "{key} of {name}");
    }
    assert_eq!(expected, BTreeMap::new(), "the snapshot of {name} lacks nodes");
    as_the_census(heap, &graph, name);
    as_the_path(heap, sketch, &graph, name);
    (text, graph)
}

/// The census counts the same objects and bytes.
fn as_the_census(heap: &Heap, graph: &Graph, name: &str) {
    let census = heap.census().expect("not inside");
    let objects =
        || graph.nodes.values().filter(|node| node.kind == "object" && node.self_size < u64::from(u32::MAX));
    for row in &census.rows {
        let of_type = || objects().filter(|node| node.name == row.type_name);
        let bytes: u64 = of_type().map(|node| node.self_size).sum();
        if row.bytes + row.owned_bytes < u64::from(u32::MAX) {
            assert_eq!(
                (of_type().count() as u64, bytes),
                (row.objects, row.bytes + row.owned_bytes),
                "{name}: {row:?}"
            );
        }
        let doomed = graph.nodes.get(&format!("{} doomed {}", row.doomed_objects, row.type_name));
        assert_eq!(doomed.map_or(0, |node| node.self_size), row.doomed_bytes, "{name}: {row:?}");
    }
    let n = graph.nodes.values().filter(|node| node.kind == "object").count();
    assert_eq!(n as u64, census.total().objects, "{name}");
}

/// The name of the edge at the end of a way.
fn edge_name(part: &[Step]) -> (&'static str, String) {
    if let [Step::Element(index)] = part {
        return ("element", index.to_string());
    }
    let mut name = String::new();
    part.iter().for_each(|step| write!(name, "{step}").expect("a string takes all"));
    ("property", name.trim_start_matches([':', '.']).into())
}

/// The retaining path of the target is a shortest way in the snapshot.
fn as_the_path(heap: &Heap, sketch: &Sketch, graph: &Graph, name: &str) {
    let Some(path_of_target) = &sketch.target else { return };
    let path = path_of_target(heap).expect("the target is kept");
    let measures = graph.measure();
    let keys: Vec<_> = path.objects.iter().map(|object| object_key(object.address)).collect();
    let target = keys.last().expect("a path has a target");
    if path.keeper != Keeper::ByFinalizer {
        // The root, a group and a place come before the objects.
        assert_eq!(measures[target.as_str()].distance, Some(2 + keys.len()), "{name}: {path}");
        let keeper = &graph.nodes[&path.keeper.to_string()];
        assert!(keeper.edges.iter().any(|edge| edge.to == keys[0]), "{name}: {path}");
    }
    for (at, object) in path.objects.iter().enumerate().take(keys.len() - 1) {
        let edges = &graph.nodes[&keys[at]].edges;
        let (kind, name_of_edge) = edge_name(&object.part);
        let found = edges.iter().any(|e| e.kind == kind && e.name == name_of_edge && e.to == keys[at + 1]);
        assert!(found, "{name}: {path} at {name_of_edge} of {edges:?}");
    }
}
