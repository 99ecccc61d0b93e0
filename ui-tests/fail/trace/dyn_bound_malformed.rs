// What stands behind `where` is put before the body of an unsafe implementation, so nothing but bounds may.
use gc::{DynTrace, dyn_trace};

trait Shape<'gc, T>: DynTrace<'gc> + 'gc {}
dyn_trace!(for<T> dyn Shape<'gc, T> where T: Clone {} unsafe impl<'a> gc::Trace<'a> for Other);

struct Other;

fn main() {}
