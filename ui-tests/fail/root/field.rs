// A root has no fields of its target: `get` it in a mutation.
use gc::{Root, Trace};

#[derive(Trace)]
struct Node {
    name: String,
}

fn name(root: &Root<Node>) -> &str {
    &root.name
}

fn main() {}
