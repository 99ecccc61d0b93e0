//! The heap profile: what is sampled, and its files, `profile.proto` for pprof and lines of text for flame graphs. That
//! pprof itself reads them is checked by `tests/formats/pprof/check`.
//!
//! A package of its own, as a profile names functions that were inlined only where there are line tables: all other tests
//! are built without, which is quicker.

mod collapsed;
mod estimates;
mod pprof;
mod proto;
mod samples;
mod writers;

use std::hint::black_box;

use gc::{Gc, Heap, HeapBuilder, Mutation};

fn builder() -> HeapBuilder {
    Heap::builder().automatic(false).profile_rate(1)
}

/// Of several sizes, each of which is that of a slot.
type Words<'gc, const N: usize> = Gc<'gc, [u64; N]>;

#[inline(never)]
fn make_one<'gc, const N: usize>(mc: &Mutation<'gc>) -> Words<'gc, N> {
    // Not the last thing that it does: a function that ends in a call may have left the stack before.
    black_box(Gc::new(mc, [1; N]))
}

#[inline(never)]
fn make_other<'gc, const N: usize>(mc: &Mutation<'gc>) -> Words<'gc, N> {
    black_box(inlined(mc))
}

#[inline(always)]
fn inlined<'gc, const N: usize>(mc: &Mutation<'gc>) -> Words<'gc, N> {
    black_box(Gc::new(mc, [2; N]))
}

/// Whether this is the name of a function of ours. Line tables have names without a path, and with what is generic.
fn is(name: &str, function: &str) -> bool {
    let plain = name.find('<').filter(|&at| at > 0).map_or(name, |at| &name[..at]);
    plain.rsplit("::").next() == Some(function)
}
