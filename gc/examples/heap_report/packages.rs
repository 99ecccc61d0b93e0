//! The packages of a `Cargo.lock`, with what they need and who needs them.

use std::collections::HashMap;

use cargo_lock::{Lockfile, Name};
use gc::{Gc, GcOnce, Mutation, Trace};

/// A package, in a graph that has cycles: what it needs knows that it does.
#[derive(Trace)]
pub(crate) struct Package<'gc> {
    pub(crate) name: String,
    pub(crate) needs: GcOnce<Vec<Gc<'gc, Package<'gc>>>>,
    pub(crate) needed_by: GcOnce<Vec<Gc<'gc, Package<'gc>>>>,
}

/// All packages, in the order of the file.
#[derive(Trace)]
pub(crate) struct Packages<'gc> {
    pub(crate) all: Vec<Gc<'gc, Package<'gc>>>,
}

impl<'gc> Packages<'gc> {
    pub(crate) fn read(mc: &Mutation<'gc>, lock: &Lockfile) -> Gc<'gc, Self> {
        let package = |name: &Name| {
            Gc::new(mc, Package { name: name.to_string(), needs: GcOnce::new(), needed_by: GcOnce::new() })
        };
        let all: Vec<_> = lock.packages.iter().map(|entry| package(&entry.name)).collect();
        let places =
            lock.packages.iter().enumerate().map(|(place, entry)| ((&entry.name, &entry.version), place));
        let places: HashMap<_, _> = places.collect();
        let mut needed_by = vec![Vec::new(); all.len()];
        for (place, entry) in lock.packages.iter().enumerate() {
            let needs = entry.dependencies.iter().map(|other| places[&(&other.name, &other.version)]);
            let needs: Vec<usize> = needs.collect();
            needs.iter().for_each(|&other| needed_by[other].push(all[place]));
            let needs = needs.into_iter().map(|other| all[other]).collect();
            assert!(all[place].needs.set(mc, needs).is_ok(), "set once");
        }
        for (package, needed_by) in all.iter().zip(needed_by) {
            assert!(package.needed_by.set(mc, needed_by).is_ok(), "set once");
        }
        Gc::new(mc, Self { all })
    }
}
