//! The graph: packages as objects, with edges in both directions.

use std::collections::{HashMap, HashSet};

use cargo_lock::package::SourceId;
use cargo_lock::{Dependency, Lockfile, Version};
use gc::{ByAddress, Gc, GcRefCell, Mutation, Ref, Trace};

use crate::canary::{Canary, Deaths};
use crate::groups;

/// A package of the graph.
pub(crate) type Node<'gc> = Gc<'gc, Package<'gc>>;

/// Packages by identity: which object, not what it holds.
pub(crate) type NodeSet<'gc> = HashSet<ByAddress<'gc, Package<'gc>>>;

/// One version of one package. Its edges lead to what it needs and back to who needs it, so almost every
/// package is on a cycle; that is no trouble for the collector.
#[derive(Trace)]
pub(crate) struct Package<'gc> {
    pub(crate) name: String,
    /// A type of another crate, without a `Gc` in it.
    #[trace(static)]
    pub(crate) version: Version,
    dependencies: GcRefCell<Vec<Node<'gc>>>,
    dependents: GcRefCell<Vec<Node<'gc>>>,
    canary: Canary,
}

/// A direction in which to follow edges.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Along {
    /// From a package to what it needs.
    Dependencies,
    /// From a package to who needs it.
    Dependents,
}

impl<'gc> Package<'gc> {
    /// The neighbours in one direction.
    pub(crate) fn edges<'a>(&'a self, mc: &'a Mutation<'gc>, along: Along) -> Ref<'a, Vec<Node<'gc>>> {
        match along {
            Along::Dependencies => self.dependencies.borrow(mc),
            Along::Dependents => self.dependents.borrow(mc),
        }
    }

    /// Name and version.
    pub(crate) fn label(&self) -> &str {
        self.canary.label()
    }
}

/// All packages of a lock file.
///
/// It points to those at the top only: the workspace's own, and any that nobody else needs. Every other package
/// is in the graph because it can be reached from there, and is freed when it no longer can.
#[derive(Trace)]
pub(crate) struct Graph<'gc> {
    top: GcRefCell<Vec<Node<'gc>>>,
}

impl<'gc> Graph<'gc> {
    /// Builds the graph of a lock file. The error names a package that is listed twice, or a dependency that is
    /// not listed.
    pub(crate) fn build(
        mc: &Mutation<'gc>,
        lock: &Lockfile,
        deaths: &Deaths,
    ) -> Result<Gc<'gc, Self>, String> {
        let nodes: Vec<Node<'gc>> =
            lock.packages.iter().map(|package| Package::unlinked(mc, package, deaths)).collect();
        let index = Index::new(lock, &nodes)?;
        for (package, &node) in lock.packages.iter().zip(&nodes) {
            for dependency in &package.dependencies {
                let needed = index.find(dependency).ok_or_else(|| {
                    format!("{} depends on {dependency}, which is not listed", node.label())
                })?;
                node.dependencies.borrow_mut(mc).push(needed);
                needed.dependents.borrow_mut(mc).push(node);
            }
        }
        let own = lock.packages.iter().zip(&nodes).filter(|(package, _)| package.source.is_none());
        let own = own.map(|(_, &node)| ByAddress(node)).collect();
        Ok(Gc::new(mc, Graph { top: GcRefCell::new(top_of(mc, &nodes, &own)) }))
    }

    /// The packages at the top.
    pub(crate) fn top<'a>(&'a self, mc: &'a Mutation<'gc>) -> Ref<'a, Vec<Node<'gc>>> {
        self.top.borrow(mc)
    }

    /// Every package, sorted by label.
    pub(crate) fn packages(&self, mc: &Mutation<'gc>) -> Vec<Node<'gc>> {
        let all = reach(mc, self.top(mc).iter().copied(), Along::Dependencies, &NodeSet::new());
        let mut all: Vec<Node<'gc>> = all.into_iter().map(|node| node.0).collect();
        all.sort_by(|a, b| a.name.cmp(&b.name).then_with(|| a.version.cmp(&b.version)));
        all
    }

    /// What would become unreachable if these packages were removed: they and what only they need.
    pub(crate) fn only_through(&self, mc: &Mutation<'gc>, removed: &NodeSet<'gc>) -> Vec<Node<'gc>> {
        let kept = reach(mc, self.top(mc).iter().copied(), Along::Dependencies, removed);
        self.packages(mc).into_iter().filter(|&node| !kept.contains(&ByAddress(node))).collect()
    }

    /// Takes packages out of the graph, with all that only they needed. Returns the labels of these,
    /// sorted.
    ///
    /// Only edges from what stays to what goes are cut. What goes may stay as entangled as it is: the
    /// collector looks at what can be reached, not at what points where.
    pub(crate) fn remove(&self, mc: &Mutation<'gc>, removed: &NodeSet<'gc>) -> Vec<String> {
        let gone = self.only_through(mc, removed);
        let is_gone: NodeSet<'gc> = gone.iter().copied().map(ByAddress).collect();
        let stays = |node: &Node<'gc>| !is_gone.contains(&ByAddress(*node));
        let all = self.packages(mc);
        self.top.borrow_mut(mc).retain(stays);
        for node in all.iter().filter(|&node| stays(node)) {
            node.dependencies.borrow_mut(mc).retain(stays);
            node.dependents.borrow_mut(mc).retain(stays);
        }
        let mut labels: Vec<String> = gone.iter().map(|node| node.label().to_owned()).collect();
        labels.sort();
        labels
    }
}

impl<'gc> Package<'gc> {
    fn unlinked(mc: &Mutation<'gc>, package: &cargo_lock::Package, deaths: &Deaths) -> Node<'gc> {
        let (name, version) = (package.name.to_string(), package.version.clone());
        let canary = deaths.canary(format!("{name} {version}"));
        let (dependencies, dependents) = (GcRefCell::default(), GcRefCell::default());
        Gc::new(mc, Package { name, version, dependencies, dependents, canary })
    }
}

/// Everything that can be reached from somewhere in one direction, the start included, never through the
/// packages of `without`.
pub(crate) fn reach<'gc>(
    mc: &Mutation<'gc>,
    from: impl IntoIterator<Item = Node<'gc>>,
    along: Along,
    without: &NodeSet<'gc>,
) -> NodeSet<'gc> {
    let mut reached = NodeSet::new();
    let mut found: Vec<Node<'gc>> = from.into_iter().collect();
    while let Some(node) = found.pop() {
        if !without.contains(&ByAddress(node)) && reached.insert(ByAddress(node)) {
            found.extend(node.edges(mc, along).iter());
        }
    }
    reached
}

/// The packages from which all others can be reached: the workspace's own, and every group of packages that
/// depend on each other and on which nobody else depends.
fn top_of<'gc>(mc: &Mutation<'gc>, nodes: &[Node<'gc>], own: &NodeSet<'gc>) -> Vec<Node<'gc>> {
    let mut top: Vec<Node<'gc>> = Vec::new();
    for group in groups::groups(mc, nodes) {
        let members: NodeSet<'gc> = group.iter().copied().map(ByAddress).collect();
        let is_inside = |node: &Node<'gc>| members.contains(&ByAddress(*node));
        let needed_outside =
            group.iter().any(|node| !node.edges(mc, Along::Dependents).iter().all(is_inside));
        top.extend(group.iter().filter(|&&node| !needed_outside || own.contains(&ByAddress(node))));
    }
    top.sort_by(|a, b| a.label().cmp(b.label()));
    top
}

/// A package, and the source that a dependency may ask for.
type Candidate<'a, 'gc> = (Option<&'a SourceId>, Node<'gc>);

/// Finds packages by what a dependency says of them.
struct Index<'a, 'gc> {
    nodes: HashMap<(&'a str, &'a Version), Vec<Candidate<'a, 'gc>>>,
}

impl<'a, 'gc> Index<'a, 'gc> {
    fn new(lock: &'a Lockfile, nodes: &[Node<'gc>]) -> Result<Self, String> {
        let mut index = HashMap::<_, Vec<Candidate<'a, 'gc>>>::new();
        for (package, &node) in lock.packages.iter().zip(nodes) {
            let candidates = index.entry((package.name.as_str(), &package.version)).or_default();
            let source = package.source.as_ref();
            if candidates.iter().any(|&(other, _)| other == source) {
                return Err(format!("{} is listed twice", node.label()));
            }
            candidates.push((source, node));
        }
        Ok(Self { nodes: index })
    }

    /// The package of that name, version and source; of any source, if the dependency does not say.
    fn find(&self, dependency: &Dependency) -> Option<Node<'gc>> {
        let versions = self.nodes.get(&(dependency.name.as_str(), &dependency.version))?;
        let same_source = versions.iter().find(|(source, _)| *source == dependency.source.as_ref());
        same_source.or(versions.first()).map(|&(_, node)| node)
    }
}
