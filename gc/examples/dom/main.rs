//! A document whose elements point to their parents, and whose listeners are closures that have captured elements.
//!
//! In a program with counted pointers these are the cycles that leak: an element leads to its listener, which leads to the
//! element. Here a row that is removed is gone with its listeners; nothing is unsubscribed.
//!
//! ```text
//! cargo run -p gc --example dom
//! ```
#![forbid(unsafe_code)]

mod element;
mod listener;

use std::error::Error;
use std::io::{self, Write};

use gc::{Gc, GcCell, Heap, Mutation, Root};

use crate::element::{Document, Element};
use crate::listener::listener;

/// A list of things to do. Each row has a button that removes the row.
fn build<'gc>(mc: &Mutation<'gc>) -> Gc<'gc, Document<'gc>> {
    let document = Document::new(mc);
    let (list, status) = (Element::new(mc, "list"), Element::new(mc, "status"));
    Element::append(document.body, mc, list);
    Element::append(document.body, mc, status);

    for what in ["bread", "milk", "salt"] {
        let (row, button) = (Element::new(mc, "row"), Element::new(mc, "button"));
        row.set_text(mc, what);
        Element::append(row, mc, button);
        Element::append(list, mc, row);
        document.set_id(mc, what, row);
        document.set_id(mc, &format!("remove {what}"), button);
        // Captures the row, which leads to the button, which leads to this listener.
        let remove = listener(mc, row, |row, mc, _| Element::remove(*row, mc));
        button.listen(mc, "click", remove);
    }

    // One listener for all clicks in the list: they come up to it. It has captured a counter of its own.
    let clicks = Gc::new(mc, GcCell::new(0_u32));
    let count = listener(mc, (clicks, status), |(clicks, status), mc, event| {
        let clicks = clicks.fetch_add(mc, 1) + 1;
        status.set_text(mc, &format!("{clicks} clicks, the last one at a {}", event.target.name));
    });
    list.listen(mc, "click", count);

    // A listener that adds a listener, when it is called.
    let greet = listener(mc, document, |document, mc, event| {
        let body = document.body;
        let thank = listener(mc, body, |body, mc, event| {
            body.set_text(mc, &format!("thanks for the {}", event.kind))
        });
        body.listen(mc, "key", thank);
        document.focus.set(mc, Gc::downgrade(event.target, mc));
    });
    document.body.listen(mc, "key", greet);
    document
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut out = io::stdout().lock();
    let heap = Heap::new();
    let document: Root<Document<'static>> = heap.mutate(|mc| Root::new(mc, build(mc)));
    // An event from outside: one mutation.
    let send = |id: &str, kind: &'static str| {
        heap.mutate(|mc| match document.get(mc).by_id(mc, id) {
            Some(element) => Element::dispatch(element, mc, kind),
            None => panic!("there is no `{id}`"),
        });
    };
    let mut report = |what: &str| -> Result<(), Box<dyn Error>> {
        let live = heap.collect()?.live_objects;
        heap.mutate(|mc| {
            let document = document.get(mc);
            let focus =
                document.focus.get().upgrade(mc).map_or_else(|| "nothing".into(), |of| of.outline(mc, 0));
            writeln!(out, "{what}: {live} objects, the focus is on {}", focus.trim().replace('\n', " ..."))?;
            write!(out, "{}", document.body.outline(mc, 0))
        })?;
        Ok(())
    };

    report("A document")?;
    send("milk", "key");
    send("milk", "key");
    report("Two keys in the second row")?;
    send("remove milk", "click");
    report("The second row has removed itself, its listener, and what was weakly known of it")?;
    send("bread", "click");
    send("remove salt", "click");
    report("Two more clicks")?;
    heap.mutate(|mc| {
        let document = document.get(mc);
        assert!(document.by_id(mc, "milk").is_none() && document.by_id(mc, "bread").is_some());
    });

    drop(document);
    heap.collect()?;
    // What weak pointers look through goes one cycle after its object.
    assert_eq!(heap.collect()?.live_objects, 0);
    writeln!(out, "Without the document nothing is left.")?;
    Ok(())
}
