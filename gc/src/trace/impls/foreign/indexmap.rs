//! `indexmap`.

use indexmap::{IndexMap, IndexSet};

use crate::trace::impls::macros::container;

container! {
    IndexMap<K, V; S>: |map, tracer| tracer.owned(map, |map, tracer| {
        for (key, value) in map {
            key.trace(tracer);
            value.trace(tracer);
        }
    });
    IndexSet<T; S>: |set, tracer| tracer.owned(set, |set, tracer| {
        for value in set {
            value.trace(tracer);
        }
    });
}
