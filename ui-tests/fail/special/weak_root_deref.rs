// The target of a weak root may be gone: `get` it in a mutation.
use gc::WeakRoot;

fn read(weak: &WeakRoot<u64>) -> u64 {
    **weak
}

fn main() {}
