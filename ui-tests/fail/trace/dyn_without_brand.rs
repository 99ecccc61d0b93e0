// A trait without the brand as its lifetime has objects that hold no `Gc`: it extends `DynTrace` at every brand.
use gc::{DynTrace, dyn_trace};

trait Shape: DynTrace<'static> {}
dyn_trace!(dyn Shape);

fn main() {}
