// A lifetime has no settings.
use gc::{Gc, Trace};

#[derive(Trace)]
struct Node<#[trace(static)] 'gc> {
    next: Gc<'gc, u8>,
}

fn main() {}
