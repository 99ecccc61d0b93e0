//! dumpster: counts, and looks for cycles when enough pointers were dropped; on one thread, and on any. What it
//! derives cannot stand in a macro, so types say themselves what they lead to.

use dumpster::{TraceWith, Visitor};

use super::Peer;
use crate::workloads::destructors::Resource;

pub(super) const UNSYNC: Peer = Peer::new("dumpster", unsync::RUNS);
pub(super) const SYNC: Peer = Peer { is_recursive: true, ..Peer::new("dumpster sync", sync::RUNS) };

macro_rules! trace {
    ($type:ident: $($field:ident),*) => {
        // SAFETY: the fields are all that lead to objects, each once.
        unsafe impl<V: Visitor> TraceWith<V> for $type {
            fn accept(&self, visitor: &mut V) -> Result<(), ()> {
                $(self.$field.accept(visitor)?;)*
                Ok(())
            }
        }
    };
}

// SAFETY: it leads to nothing.
unsafe impl<V: Visitor> TraceWith<V> for Resource {
    fn accept(&self, _: &mut V) -> Result<(), ()> {
        Ok(())
    }
}

mod unsync {
    use std::cell::RefCell as Mutable;

    use dumpster::unsync::Gc as Ptr;
    use dumpster::{TraceWith, Visitor};

    use crate::peers::counted::{counted, destructors, graph, nothing};
    use crate::peers::{Runs, runs};

    pub(super) const RUNS: Runs = runs!(graph, destructors);

    counted! { derive: [], trace: trace, rest: nothing }
    graph! { derive: [], trace: trace, rest: nothing }
    destructors! { rest: nothing }
}

mod sync {
    use std::sync::Mutex as Mutable;

    use dumpster::sync::Gc as Ptr;
    use dumpster::{TraceWith, Visitor};

    use crate::peers::counted::{counted, destructors, graph, mutators, nothing};
    use crate::peers::{Runs, runs};

    pub(super) const RUNS: Runs = runs!(graph, mutators_1, mutators_2, mutators_4, destructors);

    counted! { derive: [], trace: trace, rest: nothing }
    graph! { derive: [], trace: trace, rest: nothing }
    mutators! {}
    destructors! { rest: nothing }
}
