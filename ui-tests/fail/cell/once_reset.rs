// A value that is written is there for good, as others refer to it.
use gc::{Gc, GcOnce};

fn reset<'gc>(once: Gc<'gc, GcOnce<String>>) {
    *once = GcOnce::new();
}

fn main() {}
