//! The standard library: counts that threads may share. A cycle would leak.
#![forbid(unsafe_code)]

use std::sync::{Arc as Ptr, Mutex as Mutable};

use super::counted::{counted, no_trace, nothing};
use super::{Peer, runs};

pub(super) const PEER: Peer = Peer { cannot: "leaks cycles", ..Peer::new("Arc", runs!(None)) };

counted! { derive: [], trace: no_trace, rest: nothing }
