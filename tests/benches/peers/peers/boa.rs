//! boa_gc: the collector of the JavaScript engine Boa, which marks and sweeps when objects take enough.

use boa_gc::{Finalize, Gc as Ptr, GcRefCell as Mutable, Trace};

use super::counted::{counted, no_trace, nothing};
use super::cyclic::cyclic;
use super::{Peer, runs};

pub(super) const PEER: Peer = Peer::new("boa_gc", runs!());

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
cyclic! { derive: [Trace, Finalize], trace: no_trace, rest: nothing }
