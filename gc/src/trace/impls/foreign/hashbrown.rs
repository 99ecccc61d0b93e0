//! `hashbrown`, with the default allocator only: another might hold an edge.

use hashbrown::{HashMap, HashSet, HashTable};

use crate::trace::impls::macros::container;

container! {
    HashMap<K, V; S>: |map, tracer| tracer.owned(map, |map, tracer| {
        for (key, value) in map {
            key.trace(tracer);
            value.trace(tracer);
        }
    });
    HashSet<T; S>: |set, tracer| tracer.owned(set, |set, tracer| {
        for value in set {
            value.trace(tracer);
        }
    });
    HashTable<T>: |table, tracer| tracer.owned(table, |table, tracer| {
        for value in table {
            value.trace(tracer);
        }
    });
}
