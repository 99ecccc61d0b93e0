//! Removing packages, and watching what the collector makes of it.

use std::collections::BTreeSet;
use std::io::Write;

use gc::{ByAddress, Heap, Mutation, Root};

use crate::canary::Deaths;
use crate::graph::{Graph, Node, NodeSet};
use crate::table::paragraph;
use crate::{Problem, report};

/// The labels of the packages to remove: those asked for, or the one at the top that needs most alone. The error
/// names one that is not in the graph.
pub(crate) fn choose<'gc>(
    mc: &Mutation<'gc>,
    graph: &Graph<'gc>,
    names: &[String],
) -> Result<BTreeSet<String>, String> {
    let packages = graph.packages(mc);
    let mut chosen: Vec<Node<'gc>> = Vec::new();
    for name in names {
        let before = chosen.len();
        chosen.extend(packages.iter().filter(|package| is_meant(package, name)));
        if chosen.len() == before {
            return Err(format!("no package {name}"));
        }
    }
    if names.is_empty() {
        let top = graph.top(mc);
        chosen.extend(top.iter().max_by_key(|&&top| graph.only_through(mc, &[ByAddress(top)].into()).len()));
    }
    Ok(chosen.iter().map(|package| package.label().to_owned()).collect())
}

/// Whether `NAME` or `NAME@VERSION` means the package.
fn is_meant(package: &Node<'_>, name: &str) -> bool {
    match name.split_once('@') {
        Some((name, version)) => package.name == name && package.version.to_string() == version,
        None => package.name == name,
    }
}

/// Removes packages, collects, and compares what died with what was to die.
pub(crate) fn remove(
    out: &mut impl Write,
    heap: &Heap,
    graph: &Root<Graph<'static>>,
    deaths: &Deaths,
    removed: &BTreeSet<String>,
) -> Result<(), Problem> {
    heap.collect()?;
    let before = heap.stats();
    let unreachable = heap.mutate(|mc| {
        let graph = graph.get(mc);
        let packages = graph.packages(mc).into_iter();
        let removed: NodeSet<'_> =
            packages.filter(|package| removed.contains(package.label())).map(ByAddress).collect();
        graph.remove(mc, &removed)
    });
    assert_eq!(deaths.take(), [""; 0], "nothing dies before it is collected");
    let cycle = heap.collect()?;
    let after = heap.stats();

    let dead = deaths.take();
    writeln!(out, "Removed\n{}\n", paragraph(removed, ", "))?;
    writeln!(out, "Freed with what only they needed: {}\n{}\n", dead.len(), paragraph(&dead, ", "))?;
    writeln!(out, "{}", report::balance(&before, &after))?;
    writeln!(out, "The cycle\n  {}\n", report::cycle(&cycle))?;

    assert!(dead.iter().eq(&unreachable), "what died, {dead:?}, is what became unreachable, {unreachable:?}");
    assert_eq!(before.objects() - after.objects(), dead.len() as u64, "nothing else was freed");
    writeln!(
        out,
        "Checked: these {} were freed, which had become unreachable, and nothing else.",
        dead.len()
    )?;
    Ok(())
}
