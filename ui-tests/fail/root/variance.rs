// A root is invariant in its target: what it gives can be stored.
use gc::Root;

fn shorten<'a>(root: Root<fn(&'a u8)>) -> Root<fn(&'static u8)> {
    root
}

fn main() {}
