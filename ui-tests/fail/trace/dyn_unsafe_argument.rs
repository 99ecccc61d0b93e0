// `dyn_trace!` takes a trait, not an expression that its `unsafe` would cover.
use gc::dyn_trace;

unsafe fn danger() {}
dyn_trace!(dyn { danger() });

fn main() {}
