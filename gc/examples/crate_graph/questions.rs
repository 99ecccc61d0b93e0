//! What one may want to know of a graph of packages.

use std::collections::BTreeMap;
use std::fmt::{self, Write};

use gc::{ByAddress, Mutation};

use crate::graph::{Along, Graph, Node, NodeSet, reach};
use crate::groups::{groups, longest_chain};
use crate::table::{Table, paragraph};

/// Rows of a table that ranks packages.
const ROWS: usize = 8;

/// All answers, as text. Nothing of the graph leaves the mutation.
pub(crate) fn answer<'gc>(mc: &Mutation<'gc>, graph: &Graph<'gc>) -> String {
    let mut text = String::new();
    write_answers(mc, graph, &mut text).expect("a string takes all that is written");
    text
}

fn write_answers<'gc>(mc: &Mutation<'gc>, graph: &Graph<'gc>, text: &mut String) -> fmt::Result {
    let packages = graph.packages(mc);
    let edges: usize = packages.iter().map(|node| node.edges(mc, Along::Dependencies).len()).sum();
    writeln!(text, "{} packages, {edges} dependencies\n", packages.len())?;
    writeln!(text, "{}", most_needed(mc, &packages))?;
    writeln!(text, "{}", at_the_top(mc, graph))?;

    let groups = groups(mc, &packages);
    let chain = longest_chain(mc, &groups);
    writeln!(text, "Longest chain of dependencies: {}", chain.len())?;
    writeln!(text, "{}\n", paragraph(chain.iter().map(|group| group_label(group)), " > "))?;

    let cyclic: Vec<String> =
        groups.iter().filter(|group| group.len() > 1).map(|group| group_label(group)).collect();
    writeln!(text, "Groups of packages that depend on each other: {}", cyclic.len())?;
    for group in cyclic {
        writeln!(text, "  {group}")?;
    }

    let duplicates = duplicates(&packages);
    writeln!(text, "\nPackages in more than one version: {}", duplicates.len())?;
    for (name, versions) in duplicates {
        writeln!(text, "  {name}  {}", versions.join(", "))?;
    }
    Ok(())
}

/// The packages that most others depend on.
fn most_needed<'gc>(mc: &Mutation<'gc>, packages: &[Node<'gc>]) -> Table {
    let mut ranking: Vec<_> =
        packages.iter().map(|&node| (n_reached(mc, node, Along::Dependents), node)).collect();
    // The sort is stable and the packages come sorted by name.
    ranking.sort_by_key(|&(all, _)| std::cmp::Reverse(all));
    let mut table = Table::new(["Most depended upon", "direct", "all"]);
    for (all, node) in ranking.into_iter().take(ROWS) {
        let direct = node.edges(mc, Along::Dependents).len();
        table.row(node.label(), [&direct, &all]);
    }
    table
}

/// The packages at the top, and what they need.
fn at_the_top<'gc>(mc: &Mutation<'gc>, graph: &Graph<'gc>) -> Table {
    let top = graph.top(mc);
    let mut table = Table::new(["At the top", "direct", "all", "alone"]);
    let mut ranking: Vec<_> =
        top.iter().map(|&node| (n_reached(mc, node, Along::Dependencies), node)).collect();
    ranking.sort_by_key(|&(all, _)| std::cmp::Reverse(all));
    for (all, node) in ranking.into_iter().take(ROWS) {
        let direct = node.edges(mc, Along::Dependencies).len();
        // Itself is not counted.
        let alone = graph.only_through(mc, &NodeSet::from([ByAddress(node)])).len() - 1;
        table.row(node.label(), [&direct, &all, &alone]);
    }
    table
}

/// How many packages are reached from one, itself not counted.
fn n_reached<'gc>(mc: &Mutation<'gc>, node: Node<'gc>, along: Along) -> usize {
    reach(mc, [node], along, &NodeSet::new()).len() - 1
}

/// The label of a package, or those of a group that stands for one.
fn group_label(group: &[Node<'_>]) -> String {
    let mut labels: Vec<&str> = group.iter().map(|node| node.label()).collect();
    labels.sort_unstable();
    match labels[..] {
        [label] => label.to_owned(),
        _ => format!("{{{}}}", labels.join(", ")),
    }
}

/// Names with more than one version.
fn duplicates(packages: &[Node<'_>]) -> BTreeMap<String, Vec<String>> {
    let mut versions = BTreeMap::<_, Vec<_>>::new();
    for node in packages {
        versions.entry(node.name.clone()).or_default().push(node.version.to_string());
    }
    versions.retain(|_, versions| versions.len() > 1);
    versions
}
