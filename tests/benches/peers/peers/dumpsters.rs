//! dumpster: counts, and looks for cycles when enough pointers were dropped; on one thread, and on any. What it
//! derives cannot stand in a macro, so types say themselves what they lead to.

use super::Peer;

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

mod unsync {
    use std::cell::RefCell as Mutable;

    use dumpster::unsync::Gc as Ptr;
    use dumpster::{TraceWith, Visitor};

    use crate::peers::counted::{counted, nothing};
    use crate::peers::cyclic::cyclic;
    use crate::peers::{Run, runs};

    pub(super) const RUNS: [Option<Run>; 6] = runs!();

    counted! { derive: [], trace: trace, rest: nothing }
    cyclic! { derive: [], trace: trace, rest: nothing }
}

mod sync {
    use std::sync::Mutex as Mutable;

    use dumpster::sync::Gc as Ptr;
    use dumpster::{TraceWith, Visitor};

    use crate::peers::counted::{counted, nothing};
    use crate::peers::cyclic::cyclic;
    use crate::peers::{Run, runs};

    pub(super) const RUNS: [Option<Run>; 6] = runs!();

    counted! { derive: [], trace: trace, rest: nothing }
    cyclic! { derive: [], trace: trace, rest: nothing }
}
