//! rust-gc, the crate `gc` on crates.io: marks and sweeps when objects take enough. What it derives names the crate by
//! its own name, which is ours here; so types say themselves what they lead to.

use rust_gc::{Finalize, Gc as Ptr, GcCell as Mutable, Trace, custom_trace, unsafe_empty_trace};

use super::counted::{counted, destructors, finalizers, graph, nothing};
use super::{Peer, runs};

pub(super) const PEER: Peer = Peer::new("rust-gc", runs!(graph, destructors, finalizers));

impl<T: Trace> Changes<T> for Mutable<T> {
    fn made(value: T) -> Self {
        Self::new(value)
    }

    fn change<R>(&self, change: impl FnOnce(&mut T) -> R) -> R {
        change(&mut self.borrow_mut())
    }

    fn look<R>(&self, look: impl FnOnce(&T) -> R) -> R {
        look(&self.borrow())
    }
}

macro_rules! trace {
    ($type:ident: $($field:ident),*) => {
        impl Finalize for $type {}

        // SAFETY: the fields are all that lead to objects.
        unsafe impl Trace for $type {
            custom_trace!(this, {
                // SAFETY: the duty of the caller, for a part of what it is the caller's for.
                $(unsafe { mark(&this.$field) };)*
            });
        }
    };
}

counted! { derive: [], trace: trace, rest: nothing }
graph! { derive: [], trace: trace, rest: nothing }

impl Finalize for Resource {}

// SAFETY: it leads to nothing.
unsafe impl Trace for Resource {
    unsafe_empty_trace!();
}

// SAFETY: as above.
unsafe impl Trace for Watchful {
    unsafe_empty_trace!();
}

destructors! { rest: nothing }
finalizers! { rest: nothing }
