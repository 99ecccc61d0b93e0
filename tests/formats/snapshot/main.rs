//! Writes snapshots for other programs to read, each with what these ought to find in it.
//!
//! `snapshots FOLDER [N]`: of all shapes, and of a forest of N objects.

use std::collections::BTreeMap;
use std::error::Error;
use std::fs::File;
use std::io::Write;
use std::path::Path;

use gc::{Gc, Heap, Root, Trace};
use serde_json::json;
use tests::snapshots::{Graph, SHAPES, compare};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().ok_or("a folder to write to")?;
    let folder = Path::new(&folder);
    for (name, make) in SHAPES {
        let heap = Heap::builder().diagnose(true).automatic(false).run_by_hand(true).build();
        let sketch = make(&heap);
        let (text, graph) = compare(&heap, &sketch, name);
        std::fs::write(folder.join(format!("{name}.heapsnapshot")), text)?;
        std::fs::write(folder.join(format!("{name}.expected.json")), expected(&graph).to_string())?;
    }
    if let Some(n) = arguments.next() {
        forest(n.parse()?, folder)?;
    }
    Ok(())
}

/// What readers ought to find.
fn expected(graph: &Graph) -> serde_json::Value {
    let measures = graph.measure();
    let nodes: BTreeMap<_, _> = graph
        .nodes
        .iter()
        .map(|(key, node)| {
            let measure = &measures[key.as_str()];
            let edges: Vec<_> =
                node.edges.iter().map(|edge| json!([edge.kind, edge.name, graph.ids[&edge.to]])).collect();
            let row = json!({
                "name": node.name,
                "kind": node.kind,
                "self_size": node.self_size,
                "retained": measure.retained,
                "retained_beside_garbage": measure.retained_beside_garbage,
                "distance": measure.distance,
                "edges": edges,
            });
            (graph.ids[key], row)
        })
        .collect();
    let n_edges: usize = graph.nodes.values().map(|node| node.edges.len()).sum();
    json!({ "root": graph.ids["heap"], "n_edges": n_edges, "nodes": nodes })
}

#[derive(Trace)]
struct Tree<'gc> {
    left: Option<Gc<'gc, Tree<'gc>>>,
    right: Option<Gc<'gc, Tree<'gc>>>,
    /// Objects below, this one included.
    size: usize,
}

/// Objects of a tree.
const TREE: usize = 1023;

fn tree<'gc>(mc: &gc::Mutation<'gc>, size: usize) -> Option<Gc<'gc, Tree<'gc>>> {
    let below = size.checked_sub(1)? / 2;
    let tree = Gc::new(mc, Tree { left: tree(mc, below), right: tree(mc, below), size });
    assert_eq!(tree.size, size);
    Some(tree)
}

/// Trees that hang on one slice. Their sizes are easily told.
fn forest(n: usize, folder: &Path) -> Result<(), Box<dyn Error>> {
    let heap = Heap::builder().diagnose(true).build();
    let n_trees = n / TREE;
    let started = std::time::Instant::now();
    let root: Root<[Gc<'static, Tree<'static>>]> = heap.mutate(|mc| {
        let trees: Vec<_> = (0..n_trees).map(|_| tree(mc, TREE).expect("not empty")).collect();
        mc.root(Gc::from_slice(mc, &trees))
    });
    let made = started.elapsed();
    let started = std::time::Instant::now();
    let path = folder.join("forest.heapsnapshot");
    heap.write_snapshot(File::create(&path)?)?;
    let bytes = std::fs::metadata(&path)?.len();
    let census = heap.census()?;
    writeln!(
        std::io::stdout(),
        "{} objects made in {made:.1?}; a snapshot of {bytes} bytes written in {:.1?}",
        census.total().objects,
        started.elapsed()
    )?;
    let slice = census.of(std::any::type_name::<[Gc<'_, Tree<'_>>]>());
    let expected = json!({
        "objects": census.total().objects,
        "bytes": census.total().bytes,
        "trees": n_trees,
        "tree_objects": TREE,
        "tree_bytes": TREE * 24,
        "slice_bytes": slice.bytes,
        "tree_type": std::any::type_name::<Tree<'_>>(),
        "slice_type": std::any::type_name::<[Gc<'_, Tree<'_>>]>(),
        // From the tree to its leaves.
        "depth": TREE.ilog2(),
    });
    std::fs::write(folder.join("forest.expected.json"), expected.to_string())?;
    drop(root);
    Ok(())
}
