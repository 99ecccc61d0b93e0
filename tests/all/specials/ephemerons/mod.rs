//! Ephemerons: what they keep, to a fixed point, and when they let go.

mod life;
mod marking;
mod reading;

use std::sync::Arc;

use gc::{Ephemeron, Gc, GcCell, Heap, Mutation, Trace};
use tests::canary::{Canary, Ledger};

fn heap() -> Heap {
    Heap::builder().automatic(false).build()
}

/// An object that may lead to another one.
#[derive(Trace)]
struct Node<'gc> {
    canary: Canary,
    next: GcCell<Option<Gc<'gc, Node<'gc>>>>,
}

type Link<'gc> = Gc<'gc, Node<'gc>>;
type Pair<'gc> = Ephemeron<'gc, Node<'gc>, Link<'gc>>;

fn node<'gc>(mc: &Mutation<'gc>, ledger: &Arc<Ledger>) -> Link<'gc> {
    Gc::new(mc, Node { canary: ledger.canary(), next: GcCell::new(None) })
}

/// The ids of a pair's key and value, if they are there, and read without fault.
fn ids<'gc>(mc: &Mutation<'gc>, pair: Gc<'gc, Pair<'gc>>) -> Option<(usize, usize)> {
    // The value first: to ask for the key has the key's page swept.
    let value = pair.value(mc);
    let key = pair.key(mc);
    assert_eq!(key.is_some(), value.is_some(), "both or none");
    Some((key?.canary.id(), value?.canary.id()))
}
