//! Maps and sets. A hasher is not traced, so it must be `'static`: no edge can hide in it.
//!
//! A map of a million entries is traced in one step: its entries are no slice, so they cannot come in pieces.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::macros::container;

container! {
    BTreeMap<K, V>: |map, tracer| tracer.owned(map, |map, tracer| {
        for (key, value) in map {
            key.trace(tracer);
            value.trace(tracer);
        }
    });
    BTreeSet<T>: |set, tracer| tracer.owned(set, |set, tracer| {
        for value in set {
            value.trace(tracer);
        }
    });
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
}
