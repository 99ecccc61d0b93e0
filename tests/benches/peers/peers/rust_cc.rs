//! rust-cc: counts, and looks for cycles when objects take enough. It knows no hash maps, so types say themselves what
//! they lead to.

use std::cell::RefCell as Mutable;

use rust_cc::{Cc as Ptr, Context, Finalize, Trace};

use super::counted::{counted, destructors, finalizers, graph, nothing};
use super::{Peer, runs};

pub(super) const PEER: Peer = Peer::new("rust-cc", runs!(graph, destructors, finalizers));

macro_rules! trace {
    (Entries: map) => {
        impl Finalize for Entries {}

        // SAFETY: the values of the map are all that lead to objects, each once.
        unsafe impl Trace for Entries {
            fn trace(&self, context: &mut Context<'_>) {
                self.map.values().for_each(|entry| entry.trace(context));
            }
        }
    };
    ($type:ident: $($field:ident),*) => {
        impl Finalize for $type {}

        // SAFETY: the fields are all that lead to objects, each once.
        unsafe impl Trace for $type {
            fn trace(&self, context: &mut Context<'_>) {
                $(self.$field.trace(context);)*
            }
        }
    };
}

counted! { derive: [], trace: trace, rest: nothing }
graph! { derive: [], trace: trace, rest: nothing }

impl Finalize for Resource {}

// SAFETY: it leads to nothing.
unsafe impl Trace for Resource {
    fn trace(&self, _: &mut Context<'_>) {}
}

// SAFETY: as above.
unsafe impl Trace for Watchful {
    fn trace(&self, _: &mut Context<'_>) {}
}

destructors! { rest: nothing }
finalizers! { rest: nothing }
