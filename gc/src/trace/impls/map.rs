//! Maps and sets. A hasher is not traced, so it must be `'static`: no edge can hide in it.
//!
//! A map of a million entries is traced in one step: its entries are no slice, so they cannot come in pieces.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::macros::container;
use super::room::{of_b_tree, of_hash_table};

container! {
    BTreeMap<K, V> {
        trace: |map, tracer| tracer.owned(map, |map, tracer| {
            for (key, value) in map {
                key.trace(tracer);
                value.trace(tracer);
            }
        }),
        room: |map| of_b_tree::<K, V>(map.len()),
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
    BTreeSet<T> {
        trace: |set, tracer| tracer.owned(set, |set, tracer| {
            for value in set {
                value.trace(tracer);
            }
        }),
        room: |set| of_b_tree::<T, ()>(set.len()),
        each: |set, tally| tally.each(set),
        parts: |set, parts| set.iter().for_each(|value| parts.key(value)),
    }
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
}
