//! The standard library: counts that threads may share. A cycle would leak.
#![forbid(unsafe_code)]

use std::sync::{Arc as Ptr, Mutex as Mutable, Weak};

use super::counted::{counted, destructors, mutators, no_trace, nothing, weak};
use super::{Peer, runs};

pub(super) const PEER: Peer = Peer::new("Arc", runs!(mutators_1, mutators_2, mutators_4, weak, destructors));

counted! { derive: [], trace: no_trace, rest: nothing }
mutators! {}
weak! { weak: Weak, downgrade: Ptr::downgrade, rest: nothing }
destructors! { rest: nothing }
