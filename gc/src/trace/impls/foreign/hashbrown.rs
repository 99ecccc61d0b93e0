//! `hashbrown`, with the default allocator only: another might hold an edge.

use hashbrown::{HashMap, HashSet, HashTable};

use crate::trace::impls::macros::container;
use crate::trace::impls::room::of_hash_table;

container! {
    HashMap<K, V; S> {
        trace: |map, tracer| tracer.owned(map, |map, tracer| {
            for (key, value) in map {
                key.trace(tracer);
                value.trace(tracer);
            }
        }),
        room: |map| of_hash_table::<(K, V)>(map.capacity()),
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
    HashSet<T; S> {
        trace: |set, tracer| tracer.owned(set, |set, tracer| {
            for value in set {
                value.trace(tracer);
            }
        }),
        room: |set| of_hash_table::<T>(set.capacity()),
        each: |set, tally| tally.each(set),
        parts: |set, parts| set.iter().for_each(|value| parts.key(value)),
    }
    HashTable<T> {
        trace: |table, tracer| tracer.owned(table, |table, tracer| {
            for value in table {
                value.trace(tracer);
            }
        }),
        room: |table| of_hash_table::<T>(table.capacity()),
        each: |table, tally| tally.each(table),
        parts: |table, parts| table.iter().for_each(|value| parts.key(value)),
    }
}
