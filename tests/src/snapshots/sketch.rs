//! What a snapshot of a heap ought to hold, noted while the heap is made.

use std::any::{Any, type_name};
use std::collections::BTreeMap;
use std::panic::Location;

use gc::{AtBrand, Gc, Mutation, RetainingPath, Trace};

use super::graph::{Edge, Graph, Node};

/// Nodes that are always there, below the root.
const GROUPS: [&str; 6] =
    ["(roots)", "(pins)", "(finalizers)", "(finalizers that are due)", "(weak pointers)", "(doomed)"];
/// Below one of these.
const HANDLES: &str = "Weak pointers";

/// Tells what keeps the object that a shape is about.
pub(super) type PathOfTarget = Box<dyn Fn(&gc::Heap) -> Option<RetainingPath> + Send>;

/// A graph under construction, with what keeps the heap as it is.
#[derive(Default)]
#[expect(missing_debug_implementations, reason = "it keeps values of any type")]
pub struct Sketch {
    nodes: BTreeMap<String, Node>,
    kept: Vec<Box<dyn Any + Send>>,
    pub(super) target: Option<PathOfTarget>,
}

/// The key of the object whose slot begins at an address.
pub fn object_key(address: usize) -> String {
    format!("object {}", (address >> 3) & 0xFFFF_FFFF | 1)
}

/// An edge with a name.
fn edge(kind: &str, name: &str, to: &str) -> Edge {
    Edge { kind: kind.into(), name: name.into(), to: to.into() }
}

impl Sketch {
    /// Notes an object with what it owns.
    pub fn object<'gc, T: Trace<'gc>>(&mut self, gc: Gc<'gc, T>, owned: usize) -> String {
        let slot = size_of::<T>().next_multiple_of(8).max(16);
        self.slot(Gc::as_ptr(gc).addr(), type_name::<T>(), slot + owned)
    }

    /// Notes an object by the start and size of its slot.
    pub fn slot(&mut self, start: usize, name: &str, bytes: usize) -> String {
        let key = object_key(start);
        let node =
            Node { kind: "object".into(), name: name.into(), self_size: bytes as u64, edges: Vec::new() };
        let before = self.nodes.insert(key.clone(), node);
        assert_eq!(before, None, "{name} is there twice");
        key
    }

    /// Notes a pointer in a field.
    pub fn field(&mut self, from: &str, name: &str, to: &str) {
        self.nodes.get_mut(from).expect("a node").edges.push(edge("property", name, to));
    }

    /// Notes a pointer in a slice.
    pub fn element(&mut self, from: &str, index: usize, to: &str) {
        self.nodes.get_mut(from).expect("a node").edges.push(edge("element", &index.to_string(), to));
    }

    /// Changes what an object is called and how large it is.
    pub fn rename(&mut self, key: &str, name: String, bytes: u64) {
        let node = self.nodes.get_mut(key).expect("a node");
        (node.name, node.self_size) = (name, bytes);
    }

    /// Notes what weak pointers to an object point to.
    pub fn handle(&mut self, target: &str) -> String {
        let key = format!("handle of {target}");
        self.nodes.entry(key.clone()).or_insert_with(|| Node {
            kind: "object".into(),
            name: "gc::special::weak::Handle".into(),
            self_size: 16,
            edges: vec![edge("weak", "target", target)],
        });
        key
    }

    /// Notes a node that is no object, and an object that it keeps, if there is one.
    pub fn outside(&mut self, group: &str, name: &str, to: &str) {
        self.outside_by(group, name, ("element", ""), to);
    }

    /// The same with the name of the edge.
    pub fn outside_by(&mut self, group: &str, name: &str, by: (&str, &str), to: &str) {
        let kind = if group == "(doomed)" { "native" } else { "synthetic" };
        let new = || Node { kind: kind.into(), name: name.into(), self_size: 0, edges: Vec::new() };
        if !self.nodes.contains_key(name) {
            let group_node = self.nodes.entry(group.into()).or_insert_with(|| Node {
                kind: "synthetic".into(),
                name: group.into(),
                self_size: 0,
                edges: Vec::new(),
            });
            group_node.edges.push(edge("element", "", name));
        }
        let node = self.nodes.entry(name.into()).or_insert_with(new);
        if !to.is_empty() {
            node.edges.push(edge(by.0, by.1, to));
        }
    }

    /// The key of the only object of a type.
    pub fn key_of_type(&self, name: &str) -> String {
        self.nodes.iter().find(|(_, node)| node.name == name).expect("there is one").0.clone()
    }

    /// The key of what the first edge leads to.
    pub fn left_of(&self, key: &str) -> String {
        self.nodes[key].edges[0].to.clone()
    }

    /// Adds what was noted elsewhere.
    pub fn join(&mut self, other: Self) {
        for (key, node) in other.nodes {
            match self.nodes.get_mut(&key) {
                Some(known) => {
                    let new: Vec<_> = node
                        .edges
                        .into_iter()
                        .filter(|edge| !GROUPS.contains(&key.as_str()) || !known.edges.contains(edge))
                        .collect();
                    known.edges.extend(new);
                }
                None => _ = self.nodes.insert(key, node),
            }
        }
        self.kept.extend(other.kept);
    }

    /// Makes a root, and notes it.
    #[track_caller]
    pub fn root<'gc, T: ?Sized + AtBrand<'gc>>(&mut self, mc: &Mutation<'gc>, gc: Gc<'gc, T>, key: &str)
    where
        T::Static: 'static,
    {
        self.keep(mc.root(gc));
        self.root_at(Location::caller(), key);
    }

    /// Notes a root.
    pub fn root_at(&mut self, place: &Location<'_>, key: &str) {
        self.outside("(roots)", &format!("Root at {}:{}", place.file(), place.line()), key);
    }

    /// Makes an object the one that the shape is about, by a weak root.
    #[track_caller]
    pub fn target<'gc, T: ?Sized + AtBrand<'gc>>(&mut self, mc: &Mutation<'gc>, gc: Gc<'gc, T>, key: &str)
    where
        T::Static: 'static,
    {
        let weak = mc.weak_root(Gc::downgrade(gc, mc));
        let handle = self.handle(key);
        self.root_at(Location::caller(), &handle);
        self.target = Some(Box::new(move |heap| heap.retaining_path(&weak).expect("not inside")));
    }

    /// Keeps something as long as the sketch.
    pub fn keep(&mut self, value: impl Any + Send) {
        self.kept.push(Box::new(value));
    }

    /// The whole graph.
    pub fn graph(&self) -> Graph {
        let mut all = Self { nodes: self.nodes.clone(), ..Self::default() };
        let handles: Vec<_> = all.nodes.keys().filter(|key| key.starts_with("handle of")).cloned().collect();
        all.outside("(weak pointers)", HANDLES, "");
        handles.iter().for_each(|handle| all.outside("(weak pointers)", HANDLES, handle));
        for group in GROUPS {
            all.nodes.entry(group.into()).or_insert_with(|| Node {
                kind: "synthetic".into(),
                name: group.into(),
                self_size: 0,
                edges: Vec::new(),
            });
        }
        let edges = GROUPS.map(|group| edge("element", "", group)).into();
        all.nodes.insert(
            "heap".into(),
            Node { kind: "synthetic".into(), name: String::new(), self_size: 0, edges },
        );
        Graph { nodes: all.nodes, ids: BTreeMap::new() }
    }
}
