//! A snapshot as a graph: read with a library, by the rules of the format, and measured slowly and simply.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use serde_json::Value;

/// Numbers of a node's row.
const NODE_FIELDS: usize = 5;

/// An edge.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edge {
    /// Its type: `element`, `property` or `weak`.
    pub kind: String,
    /// A name, or a number.
    pub name: String,
    /// The key of a node.
    pub to: String,
}

/// A node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// Its type: `object`, `synthetic` or `native`.
    pub kind: String,
    /// What it is called.
    pub name: String,
    /// Bytes.
    pub self_size: u64,
    /// In order.
    pub edges: Vec<Edge>,
}

/// What a reader says of a node.
#[derive(Clone, Debug)]
pub struct Measure {
    /// Edges from the root; none of a node that nothing leads to.
    pub distance: Option<usize>,
    /// Bytes of what could not be reached without it.
    pub retained: u64,
    /// The same if whatever nothing leads to were kept, as some readers have it.
    pub retained_beside_garbage: u64,
}

/// Nodes by keys: `object 17` by its id, `handle of object 17`, `heap` for the root; others by their names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Graph {
    /// All of them.
    pub nodes: BTreeMap<String, Node>,
    /// The ids of nodes that were read.
    pub ids: BTreeMap<String, u64>,
}

fn numbers(file: &Value, name: &str) -> Vec<usize> {
    let number = |value: &Value| usize::try_from(value.as_u64().expect("a whole number")).expect("64 bits");
    file[name].as_array().expect("an array").iter().map(number).collect()
}

/// The numbers of a file, and what they mean.
struct Rows<'f> {
    rows: &'f [&'f [usize]],
    edges: &'f [usize],
    node_types: &'f [String],
    edge_types: &'f [String],
    strings: &'f [&'f str],
}

impl Rows<'_> {
    /// The keys of all nodes.
    fn keys(&self) -> Vec<String> {
        let (mut keys, mut first) = (Vec::new(), 0);
        for (at, row) in self.rows.iter().enumerate() {
            let &[kind, name, id, self_size, n_edges] = *row else { panic!("a row is too short") };
            assert!(u32::try_from(self_size).is_ok() && u32::try_from(id).is_ok());
            let (kind, name) = (&self.node_types[kind], self.strings[name]);
            let is_object = kind == "object";
            assert!(
                if at == 0 { id == 1 } else { id > 1 && (id % 2 == 1) == is_object },
                "the id {id} of {name}"
            );
            let mut own = self.edges[first * 3..][..n_edges * 3].chunks(3);
            let weak = own.find(|edge| self.edge_types[edge[0]] == "weak");
            keys.push(match weak.map(|edge| edge[2] / NODE_FIELDS) {
                _ if at == 0 => {
                    assert_eq!(kind, "synthetic", "the first is the root");
                    "heap".to_owned()
                }
                Some(target) => format!("handle of object {}", self.rows[target][2]),
                None if is_object => format!("object {id}"),
                None => name.to_owned(),
            });
            first += n_edges;
        }
        assert_eq!(first * 3, self.edges.len(), "each edge is of a node");
        keys
    }
}

impl Graph {
    /// Reads a snapshot.
    ///
    /// # Panics
    ///
    /// It is none.
    pub fn read(text: &str) -> Self {
        assert!(text.is_ascii());
        let order: Vec<_> = ["\"snapshot\":", "\"nodes\":", "\"edges\":", "\"strings\":"]
            .map(|part| text.find(part).expect("all parts are there"))
            .into();
        assert!(order.is_sorted(), "readers want the parts in their order");
        let file: Value = serde_json::from_str(text).expect("JSON");
        let (nodes, edges) = (numbers(&file, "nodes"), numbers(&file, "edges"));
        let strings: Vec<&str> = file["strings"]
            .as_array()
            .expect("an array")
            .iter()
            .map(|s| s.as_str().expect("a string"))
            .collect();
        assert_eq!(strings.iter().collect::<BTreeSet<_>>().len(), strings.len(), "each string is there once");
        let meta = &file["snapshot"]["meta"];
        let types = |of: &str| {
            let types = meta[of][0].as_array().expect("types");
            types.iter().map(|name| name.as_str().expect("a name").to_owned()).collect::<Vec<_>>()
        };
        let (node_types, edge_types) = (types("node_types"), types("edge_types"));
        assert_eq!(file["snapshot"]["node_count"].as_u64(), Some((nodes.len() / NODE_FIELDS) as u64));
        assert_eq!(file["snapshot"]["edge_count"].as_u64(), Some((edges.len() / 3) as u64));

        let rows: Vec<_> = nodes.chunks(NODE_FIELDS).collect();
        let file = Rows {
            rows: &rows,
            edges: &edges,
            node_types: &node_types,
            edge_types: &edge_types,
            strings: &strings,
        };
        let keys = file.keys();
        let ids: BTreeMap<_, _> = keys.iter().cloned().zip(rows.iter().map(|row| row[2] as u64)).collect();
        assert_eq!(ids.len(), rows.len(), "keys are unique");
        assert_eq!(ids.values().collect::<BTreeSet<_>>().len(), rows.len(), "ids are unique");

        let mut edges = edges.chunks(3).map(|edge| {
            assert_eq!(edge[2] % NODE_FIELDS, 0, "an edge leads to the first number of a row");
            let kind = edge_types[edge[0]].clone();
            let name = if kind == "element" { edge[1].to_string() } else { strings[edge[1]].to_owned() };
            Edge { kind, name, to: keys[edge[2] / NODE_FIELDS].clone() }
        });
        let node = |row: &&[usize]| Node {
            kind: node_types[row[0]].clone(),
            name: strings[row[1]].to_owned(),
            self_size: row[3] as u64,
            edges: edges.by_ref().take(row[4]).collect(),
        };
        let nodes: Vec<_> = rows.iter().map(node).collect();
        Self { nodes: keys.into_iter().zip(nodes).collect(), ids }
    }

    fn strong_edges(&self, key: &str) -> impl Iterator<Item = &str> {
        self.nodes[key].edges.iter().filter(|edge| edge.kind != "weak").map(|edge| edge.to.as_str())
    }

    /// How far nodes are from the root, and from others that are kept, by edges that keep and ways that avoid a node.
    fn distances<'g>(&'g self, without: Option<&str>, kept: &[&'g str]) -> BTreeMap<&'g str, usize> {
        let mut found = BTreeMap::new();
        let mut next: VecDeque<_> = core::iter::once(&"heap").chain(kept).map(|key| (*key, 0)).collect();
        while let Some((at, distance)) = next.pop_front() {
            if Some(at) != without && !found.contains_key(at) {
                found.insert(at, distance);
                next.extend(self.strong_edges(at).map(|to| (to, distance + 1)));
            }
        }
        found
    }

    /// The length of a shortest way to each node, and what it retains: what cannot be reached without it.
    pub fn measure(&self) -> BTreeMap<&str, Measure> {
        let all = self.distances(None, &[]);
        let garbage: Vec<_> =
            self.nodes.keys().map(String::as_str).filter(|key| !all.contains_key(key)).collect();
        let bytes =
            |keys: &BTreeMap<&str, usize>| keys.keys().map(|key| self.nodes[*key].self_size).sum::<u64>();
        let with_garbage = bytes(&self.distances(None, &garbage));
        let of = |key: &'_ String| {
            let (key, _) = self.nodes.get_key_value(key).expect("a node");
            let measure = Measure {
                distance: all.get(key.as_str()).copied(),
                retained: bytes(&all) - bytes(&self.distances(Some(key), &[])),
                retained_beside_garbage: match key.as_str() {
                    "heap" => with_garbage,
                    key => with_garbage - bytes(&self.distances(Some(key), &garbage)),
                },
            };
            (key.as_str(), measure)
        };
        self.nodes.keys().map(of).collect()
    }
}
