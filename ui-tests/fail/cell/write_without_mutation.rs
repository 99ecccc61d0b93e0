// A lock is taken inside a mutation, or its guard could outlive it.
use gc::{Gc, GcRwLock};

fn push<'gc>(lock: Gc<'gc, GcRwLock<Vec<u8>>>) {
    lock.write().push(1);
}

fn main() {}
