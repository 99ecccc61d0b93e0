// The target of a weak pointer may be gone: `upgrade` it.
use gc::WeakGc;

fn read(weak: WeakGc<'_, u64>) -> u64 {
    *weak
}

fn main() {}
