//! `indexmap`.

use indexmap::{IndexMap, IndexSet};

use crate::trace::impls::macros::container;
use crate::trace::impls::room::of_index_map;

container! {
    IndexMap<K, V; S> {
        trace: |map, tracer| tracer.owned(map, |map, tracer| {
            for (key, value) in map {
                key.trace(tracer);
                value.trace(tracer);
            }
        }),
        room: |map| of_index_map::<(K, V)>(map.capacity()),
        each: |map, tally| {
            for (key, value) in map {
                key.owned(tally);
                value.owned(tally);
            }
        },
        parts: |map, parts| {
            for (key, value) in map {
                parts.key(key);
                parts.value(value);
            }
        },
    }
    IndexSet<T; S> {
        trace: |set, tracer| tracer.owned(set, |set, tracer| {
            for value in set {
                value.trace(tracer);
            }
        }),
        room: |set| of_index_map::<T>(set.capacity()),
        each: |set, tally| tally.each(set),
        parts: |set, parts| set.iter().for_each(|value| parts.key(value)),
    }
}
