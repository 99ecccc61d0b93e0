//! A cache of the pages of a small encyclopaedia: a few are kept because they were used lately, more are still there because
//! somebody has them, and what is neither is loaded again.
//!
//! The list of a cache is doubly linked, so it is full of cycles, and its values are pointers that may lead anywhere. A
//! weak table beside it knows every page that is in memory for whatever reason: a page that was driven out of the cache,
//! but that another page leads to, is found and not loaded twice.
//!
//! ```text
//! cargo run -p gc --example lru_cache
//! ```
#![forbid(unsafe_code)]

mod lru;

use std::collections::HashMap;
use std::error::Error;
use std::io::{self, Write};

use gc::{Gc, GcCell, GcRefCell, Heap, Mutation, Root, Trace, WeakGc};

use crate::lru::Lru;

/// Pages, and what each leads to. Ada and Babbage lead to each other.
const SHELF: &[(&str, &str)] = &[
    ("Ada", "Babbage"),
    ("Babbage", "Ada"),
    ("Cobol", "Hopper"),
    ("Dijkstra", "Algol"),
    ("Algol", "Backus"),
    ("Hopper", "Cobol"),
    ("Backus", "Fortran"),
    ("Fortran", "Backus"),
];

#[derive(Trace)]
struct Page<'gc> {
    title: String,
    /// Is set when somebody follows the link.
    see_also: GcCell<Option<Gc<'gc, Page<'gc>>>>,
}

#[derive(Trace)]
struct Library<'gc> {
    cache: Gc<'gc, Lru<'gc, String, Page<'gc>>>,
    /// What is in memory, by title; it keeps nothing.
    known: GcRefCell<HashMap<String, WeakGc<'gc, Page<'gc>>>>,
    loaded: GcCell<u32>,
}

impl<'gc> Library<'gc> {
    fn new(mc: &Mutation<'gc>, capacity: usize) -> Gc<'gc, Self> {
        let cache = Lru::new(mc, capacity);
        Gc::new(mc, Self { cache, known: GcRefCell::default(), loaded: GcCell::new(0) })
    }

    /// The page with this title, from the cache, from wherever it still is, or from the shelf.
    fn page(&self, mc: &Mutation<'gc>, title: &str) -> Gc<'gc, Page<'gc>> {
        if let Some(page) = self.cache.get(mc, title) {
            return page;
        }
        let known = self.known.borrow(mc).get(title).and_then(|page| page.upgrade(mc));
        let page = known.unwrap_or_else(|| {
            self.loaded.fetch_add(mc, 1);
            let page = Gc::new(mc, Page { title: title.to_owned(), see_also: GcCell::new(None) });
            self.known.borrow_mut(mc).insert(title.to_owned(), Gc::downgrade(page, mc));
            page
        });
        self.cache.insert(mc, title.to_owned(), page);
        page
    }

    /// The page that another one leads to.
    fn follow(&self, mc: &Mutation<'gc>, page: Gc<'gc, Page<'gc>>) -> Gc<'gc, Page<'gc>> {
        page.see_also.get().unwrap_or_else(|| {
            let to = SHELF.iter().find(|(title, _)| *title == page.title).map_or("Ada", |(_, to)| to);
            let other = self.page(mc, to);
            page.see_also.set(mc, Some(other));
            other
        })
    }

    /// The titles of pages that are in memory. Forgets those that are gone.
    fn in_memory(&self, mc: &Mutation<'gc>) -> Vec<String> {
        let mut known = self.known.borrow_mut(mc);
        known.retain(|_, page| page.upgrade(mc).is_some());
        let mut titles: Vec<_> = known.keys().cloned().collect();
        titles.sort_unstable();
        titles
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut out = io::stdout().lock();
    let heap = Heap::new();
    let library: Root<Library<'static>> = heap.mutate(|mc| Root::new(mc, Library::new(mc, 3)));
    let mut report = |what: &str| -> Result<(), Box<dyn Error>> {
        heap.collect()?;
        heap.mutate(|mc| {
            let library = library.get(mc);
            let cached: Vec<_> = library.cache.keys().map(String::as_str).collect();
            writeln!(out, "{what}: {} pages loaded so far", library.loaded.get())?;
            writeln!(out, "    in the cache  {}", cached.join(", "))?;
            writeln!(out, "    in memory     {}", library.in_memory(mc).join(", "))
        })?;
        Ok(())
    };
    let read = |title: &str| {
        heap.mutate(|mc| {
            let library = library.get(mc);
            library.follow(mc, library.page(mc, title));
        });
    };

    read("Ada");
    read("Dijkstra");
    report("Four pages, and room for three")?;
    read("Babbage");
    report("One that leads to one that was driven out")?;
    read("Hopper");
    read("Backus");
    report("Four others")?;
    read("Ada");
    report("The first ones again")?;

    // A page that somebody has is in memory whatever the cache does.
    let kept: Root<Page<'static>> = heap.mutate(|mc| Root::new(mc, library.get(mc).page(mc, "Ada")));
    read("Dijkstra");
    read("Hopper");
    report("Two are read while somebody has Ada")?;
    drop(kept);
    report("And has her no longer")?;

    drop(library);
    heap.collect()?;
    heap.collect()?; // what weak pointers look through goes one cycle after its object
    writeln!(out, "Without the library {} objects are left.", heap.stats().objects())?;
    Ok(())
}
