//! bacon_rajan_cc: counts, and looks for cycles when it is asked to.
#![forbid(unsafe_code)]

use std::cell::RefCell as Mutable;

use bacon_rajan_cc::{Cc as Ptr, Trace, Tracer, Weak, collect_cycles, number_of_roots_buffered};

use super::counted::{counted, destructors, graph, weak};
use super::{Peer, runs};

pub(super) const PEER: Peer =
    Peer { is_recursive: true, ..Peer::new("bacon_rajan_cc", runs!(graph, weak, destructors)) };

/// Where cycles may be is remembered without an end; its documentation leaves it to the program when that is enough.
fn rest() {
    if number_of_roots_buffered() > 100_000 {
        collect_cycles();
    }
}

/// What leads to objects: it knows neither arrays nor hash maps.
trait Leads {
    fn lead(&self, tracer: &mut Tracer<'_>);
}

impl<T: Trace> Leads for Ptr<T> {
    fn lead(&self, tracer: &mut Tracer<'_>) {
        self.trace(tracer);
    }
}

impl<T: Leads> Leads for Option<T> {
    fn lead(&self, tracer: &mut Tracer<'_>) {
        self.iter().for_each(|value| value.lead(tracer));
    }
}

impl<T: Leads, const N: usize> Leads for [T; N] {
    fn lead(&self, tracer: &mut Tracer<'_>) {
        self.iter().for_each(|value| value.lead(tracer));
    }
}

impl<T: Leads> Leads for Vec<T> {
    fn lead(&self, tracer: &mut Tracer<'_>) {
        self.iter().for_each(|value| value.lead(tracer));
    }
}

impl<T: Leads> Leads for cache::Map<T> {
    fn lead(&self, tracer: &mut Tracer<'_>) {
        self.values().for_each(|value| value.lead(tracer));
    }
}

impl<T: Leads> Leads for Mutable<T> {
    fn lead(&self, tracer: &mut Tracer<'_>) {
        self.borrow().lead(tracer);
    }
}

macro_rules! trace {
    ($type:ident: $($field:ident),*) => {
        impl Trace for $type {
            fn trace(&self, tracer: &mut Tracer<'_>) {
                $(self.$field.lead(tracer);)*
            }
        }

        impl Leads for $type {
            fn lead(&self, tracer: &mut Tracer<'_>) {
                self.trace(tracer);
            }
        }
    };
}

counted! { derive: [], trace: trace, rest: rest }
graph! { derive: [], trace: trace, rest: rest }
weak! { weak: Weak, downgrade: Ptr::downgrade, rest: rest }

impl Trace for Resource {
    fn trace(&self, _: &mut Tracer<'_>) {}
}

destructors! { rest: rest }
