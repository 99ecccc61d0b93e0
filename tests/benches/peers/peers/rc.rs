//! The standard library: counts, on one thread. A cycle would leak.
#![forbid(unsafe_code)]

use std::cell::RefCell as Mutable;
use std::rc::{Rc as Ptr, Weak};

use super::counted::{counted, destructors, no_trace, nothing, weak};
use super::{Peer, runs};

pub(super) const PEER: Peer = Peer::new("Rc", runs!(weak, destructors));

counted! { derive: [], trace: no_trace, rest: nothing }
weak! { weak: Weak, downgrade: Ptr::downgrade, rest: nothing }
destructors! { rest: nothing }
