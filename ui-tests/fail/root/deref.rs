// A root cannot be looked at outside of a mutation: `get` it there.
use gc::Root;

fn read(root: Root<u64>) -> u64 {
    *root
}

fn main() {}
