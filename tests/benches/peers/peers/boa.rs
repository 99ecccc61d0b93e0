//! boa_gc: the collector of the JavaScript engine Boa, which marks and sweeps when objects take enough.

use boa_gc::{Finalize, Gc as Ptr, GcRefCell as Mutable, Trace, WeakGc, empty_trace};

use super::counted::{counted, destructors, finalizers, graph, no_trace, nothing, weak};
use super::{Peer, runs};

pub(super) const PEER: Peer = Peer::new("boa_gc", runs!(graph, weak, destructors, finalizers));

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

counted! { derive: [Trace, Finalize], trace: no_trace, rest: nothing }
graph! { derive: [Trace, Finalize], trace: no_trace, rest: nothing }
weak! { weak: WeakGc, downgrade: WeakGc::new, rest: nothing }

impl Finalize for Resource {}

// SAFETY: it leads to nothing.
unsafe impl Trace for Resource {
    empty_trace!();
}

// SAFETY: as above.
unsafe impl Trace for Watchful {
    empty_trace!();
}

destructors! { rest: nothing }
finalizers! { rest: nothing }
