//! The standard library: counts, on one thread. A cycle would leak.
#![forbid(unsafe_code)]

use std::cell::RefCell as Mutable;
use std::rc::Rc as Ptr;

use super::counted::{counted, no_trace, nothing};
use super::{Peer, runs};

pub(super) const PEER: Peer = Peer { cannot: "leaks cycles", ..Peer::new("Rc", runs!(None)) };

counted! { derive: [], trace: no_trace, rest: nothing }
