//! A table that remembers all its states: each change makes a new version, which shares almost everything with the one before.
//!
//! A version is a pointer. To keep one is to store it, to go back is to load it, to compare two costs what is different in them,
//! and to forget one is to drop it: what only that version led to is collected, and no other. Trees that share are what
//! counted pointers do, too, but a count would be written for every node on the path of every change, by every reader.
//!
//! ```text
//! cargo run -p gc --example history
//! ```
#![forbid(unsafe_code)]

mod tree;

use std::collections::BTreeMap;
use std::error::Error;
use std::io::{self, Write};

use gc::{Gc, GcCell, GcRefCell, Heap, Mutation, Root, Trace};

use crate::tree::Tree;

type Table<'gc> = Tree<'gc, u64, String>;

/// A table and what it was.
#[derive(Trace)]
struct History<'gc> {
    now: GcCell<Table<'gc>>,
    undo: GcRefCell<Vec<Table<'gc>>>,
    redo: GcRefCell<Vec<Table<'gc>>>,
}

impl<'gc> History<'gc> {
    fn new(mc: &Mutation<'gc>) -> Gc<'gc, Self> {
        let (undo, redo) = (GcRefCell::default(), GcRefCell::default());
        Gc::new(mc, Self { now: GcCell::new(None), undo, redo })
    }

    /// Goes on to a new version. Those that were undone are given up.
    fn go_on(&self, mc: &Mutation<'gc>, next: Table<'gc>) {
        let before = self.now.replace(mc, next);
        self.undo.borrow_mut(mc).push(before);
        self.redo.borrow_mut(mc).clear();
    }

    fn insert(&self, mc: &Mutation<'gc>, key: u64, value: &str) {
        let entry = Gc::new(mc, (key, value.to_owned()));
        self.go_on(mc, Some(tree::insert(mc, self.now.get(), entry)));
    }

    fn remove(&self, mc: &Mutation<'gc>, key: u64) {
        self.go_on(mc, tree::remove(mc, self.now.get(), &key));
    }

    fn undo(&self, mc: &Mutation<'gc>) -> bool {
        Self::step(mc, &self.now, &self.undo, &self.redo)
    }

    fn redo(&self, mc: &Mutation<'gc>) -> bool {
        Self::step(mc, &self.now, &self.redo, &self.undo)
    }

    fn step(
        mc: &Mutation<'gc>,
        now: &GcCell<Table<'gc>>,
        from: &GcRefCell<Vec<Table<'gc>>>,
        to: &GcRefCell<Vec<Table<'gc>>>,
    ) -> bool {
        let Some(version) = from.borrow_mut(mc).pop() else { return false };
        to.borrow_mut(mc).push(now.replace(mc, version));
        true
    }

    /// Forgets all but the latest versions that can be undone.
    fn forget(&self, mc: &Mutation<'gc>, keep: usize) {
        let mut undo = self.undo.borrow_mut(mc);
        let too_many = undo.len().saturating_sub(keep);
        undo.drain(..too_many);
    }
}

const KEYS: u64 = 1_000;

/// An order that is none, the same each time.
fn key(step: u64) -> u64 {
    step * 607 % KEYS
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut out = io::stdout().lock();
    let heap = Heap::new();
    let history: Root<History<'static>> = heap.mutate(|mc| Root::new(mc, History::new(mc)));
    let live = || heap.collect().map(|cycle| cycle.live_objects);

    // A model beside it, which is copied as a whole for each version.
    let mut models = vec![BTreeMap::new()];
    for step in 0..KEYS * 3 / 2 {
        let mut model = models[models.len() - 1].clone();
        heap.mutate(|mc| {
            let history = history.get(mc);
            if step < KEYS {
                let value = format!("value {step}");
                history.insert(mc, key(step), &value);
                model.insert(key(step), value);
            } else {
                history.remove(mc, key(step * 2));
                model.remove(&key(step * 2));
            }
        });
        models.push(model);
    }
    let in_versions: usize = models.iter().map(BTreeMap::len).sum();
    writeln!(out, "{} versions with {in_versions} entries in all: {} objects", models.len(), live()?)?;

    heap.mutate(|mc| {
        let history = history.get(mc);
        let agrees = |model: &BTreeMap<u64, String>| {
            let table = history.now.get();
            assert!(tree::iter(table).map(|(key, value)| (key, value)).eq(model.iter()));
            assert_eq!(tree::get(table, &key(7)), model.get(&key(7)));
        };
        agrees(&models[models.len() - 1]);
        let mut back = models.iter().rev().skip(1);
        while history.undo(mc) {
            agrees(back.next().expect("as many versions"));
        }
        (0..1_200).for_each(|_| assert!(history.redo(mc)));
        agrees(&models[1_200]);
        writeln!(out, "All were there, going back, and 1200 of them again going on")
    })?;

    // A reader has an old version for as long as it likes, and what is not shared with others lives for it alone.
    let reader: Root<GcCell<Table<'static>>> =
        heap.mutate(|mc| Root::new(mc, Gc::new(mc, GcCell::new(history.get(mc).now.get()))));
    heap.mutate(|mc| {
        let history = history.get(mc);
        history.insert(mc, KEYS, "another future");
        history.forget(mc, 0);
    });
    let both = live()?;
    let seen = heap.mutate(|mc| tree::iter(reader.get(mc).get()).count());
    drop(reader);
    let one = live()?;
    writeln!(
        out,
        "One version, and a reader who sees {seen} entries: {both} objects; without the reader {one}"
    )?;
    drop(history);
    writeln!(out, "Without the table {}", live()?)?;
    Ok(())
}
