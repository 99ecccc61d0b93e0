// A trait that does not extend `DynTrace`, whose objects are references to what does by a `Deref` of their own: another
// object would be traced in their place.
use std::ops::Deref;

use gc::{DynTrace, Gc, Trace, dyn_trace};

trait Shape<'gc>: Send + Sync + 'gc {}

impl<'gc> Deref for dyn Shape<'gc> + 'gc {
    type Target = dyn DynTrace<'gc> + 'gc;

    fn deref(&self) -> &Self::Target {
        &1_u8
    }
}
dyn_trace!(dyn Shape<'gc>);

struct Hidden<'gc>(Gc<'gc, u8>);
impl<'gc> Shape<'gc> for Hidden<'gc> {}

#[derive(Trace)]
struct Node<'gc>(Box<dyn Shape<'gc>>);

fn main() {}
