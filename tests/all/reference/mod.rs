//! The reference of `gc`: every public item has an example, and what is public is written down in a file, so that a change
//! of it is seen.

mod listing;
mod source;
mod written;

use std::fmt::Write as _;
use std::fs;

use source::{Source, documentation, implementor, is_for_tests, is_hidden, is_public, package};
use syn::{Attribute, ImplItem, Item, TraitItem};

/// The interface for C. A header is made from the comments of its items, so its examples stand together, on the page of the
/// module.
const WITHOUT_EXAMPLES: &str = "gc::capi";

/// The examples of the interface for C.
const EXAMPLES_FOR_C: &str = "gc/src/capi/examples.md";

/// Whether a program in the documentation runs.
fn has_example(attributes: &[Attribute]) -> bool {
    let text = documentation(attributes);
    let fences = text.lines().filter_map(|line| line.trim().strip_prefix("```"));
    fences.step_by(2).any(|language| matches!(language, "" | "should_panic"))
}

/// Whether the documentation says what is different from a neighbour, and no more.
fn is_like_its_neighbour(attributes: &[Attribute]) -> bool {
    documentation(attributes).trim_start().starts_with("As [`")
}

/// The items, of modules that have examples, that have none.
fn without_example(source: &Source) -> Vec<String> {
    let places = source.places();
    let place = |name: &str| places.get(name).filter(|module| **module != WITHOUT_EXAMPLES);
    let mut missing = Vec::new();
    let mut look = |name: String, attributes: &[Attribute]| {
        let is_shown = !is_hidden(attributes) && !is_for_tests(attributes);
        if is_shown && !has_example(attributes) && !is_like_its_neighbour(attributes) {
            missing.push(name);
        }
    };
    for (_, item) in source.items() {
        let (ident, attributes) = match item {
            Item::Struct(item) if is_public(&item.vis) => (&item.ident, &item.attrs),
            Item::Enum(item) if is_public(&item.vis) => (&item.ident, &item.attrs),
            Item::Trait(item) if is_public(&item.vis) => (&item.ident, &item.attrs),
            Item::Type(item) if is_public(&item.vis) => (&item.ident, &item.attrs),
            Item::Const(item) if is_public(&item.vis) => (&item.ident, &item.attrs),
            Item::Fn(item) if is_public(&item.vis) => (&item.sig.ident, &item.attrs),
            Item::Macro(item)
                if item.attrs.iter().any(|attribute| attribute.path().is_ident("macro_export")) =>
            {
                look(format!("{}!", item.ident.as_ref().expect("a macro has a name")), &item.attrs);
                continue;
            }
            Item::Impl(item) if item.trait_.is_none() && !is_hidden(&item.attrs) => {
                let Some(of) = implementor(item).filter(|of| place(of).is_some()) else { continue };
                for part in &item.items {
                    match part {
                        ImplItem::Fn(part) if is_public(&part.vis) => {
                            look(format!("{of}::{}", part.sig.ident), &part.attrs)
                        }
                        ImplItem::Const(part) if is_public(&part.vis) => {
                            look(format!("{of}::{}", part.ident), &part.attrs)
                        }
                        _ => {}
                    }
                }
                continue;
            }
            _ => continue,
        };
        let name = ident.to_string();
        if place(&name).is_none() {
            continue;
        }
        look(name.clone(), attributes);
        let Item::Trait(item) = item else { continue };
        for part in &item.items {
            match part {
                TraitItem::Fn(part) => look(format!("{name}::{}", part.sig.ident), &part.attrs),
                TraitItem::Const(part) => look(format!("{name}::{}", part.ident), &part.attrs),
                // An associated type is shown where the trait is.
                _ => {}
            }
        }
    }
    missing
}

#[test]
fn every_public_item_has_an_example() {
    let source = Source::read(&package("gc/src"));
    let n_names: usize = source.modules.iter().map(|module| module.names.len()).sum();
    assert!(n_names > 100, "the crate has public items: {n_names}");
    let missing = without_example(&source);
    assert!(missing.is_empty(), "no example that runs: {missing:#?}");

    let derives = fs::read_to_string(package("gc-derive/src/lib.rs")).expect("the derive macros");
    for item in syn::parse_file(&derives).expect("Rust").items {
        if let Item::Fn(item) = item
            && is_public(&item.vis)
        {
            assert!(has_example(&item.attrs), "the derive macro `{}` has no example", item.sig.ident);
        }
    }
}

#[test]
fn every_item_of_the_interface_for_c_is_in_an_example() {
    let page = fs::read_to_string(package(EXAMPLES_FOR_C)).expect("the page of examples");
    let examples: String = page.split("```\n").skip(1).step_by(2).collect();
    let used: Vec<&str> = examples.split(|c: char| !c.is_alphanumeric() && c != '_').collect();
    let source = Source::read(&package("gc/src"));
    let names = source.places().into_iter().filter(|(_, module)| *module == WITHOUT_EXAMPLES);
    // Once where it is imported, and once where it is used.
    let missing: Vec<_> =
        names.filter(|(name, _)| used.iter().filter(|word| *word == name).count() < 2).collect();
    assert!(examples.contains("fn destroy") && missing.is_empty(), "in no example: {missing:?}");

    let module = fs::read_to_string(package("gc/src/capi/mod.rs")).expect("the module");
    assert!(module.contains("#![doc = include_str!(\"examples.md\")]"), "the page is part of the reference");
}

#[test]
fn an_example_is_a_block_that_runs() {
    let has = |text: &str| has_example(&syn::parse_str::<syn::ItemFn>(text).expect("a function").attrs);
    assert!(has("/// Text.\n///\n/// ```\n/// f();\n/// ```\nfn f() {}"));
    assert!(has("/// ```text\n/// f\n/// ```\n/// ```should_panic\n/// f();\n/// ```\nfn f() {}"));
    assert!(!has("/// As `g()`.\nfn f() {}"));
    assert!(!has("/// ```text\n/// f\n/// ```\nfn f() {}"));
    assert!(!has("/// ```no_run\n/// f();\n/// ```\nfn f() {}"));
}

/// What is different, with a sign in front: `-` is in the file, `+` in the source.
fn difference(listed: &str, found: &str) -> String {
    let mut report = String::new();
    let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
    let (listed, found) = (lines(listed), lines(found));
    for (sign, these, others) in [('-', &listed, &found), ('+', &found, &listed)] {
        for line in these.iter().filter(|line| !others.contains(line)) {
            let _ = writeln!(report, "{sign} {line}");
        }
    }
    report
}

#[test]
fn what_is_public_is_written_down() {
    let path = package("gc/public-api.txt");
    let found = listing::listing(&Source::read(&package("gc/src")));
    if std::env::var("PUBLIC_API").as_deref() == Ok("overwrite") {
        fs::write(&path, &found).expect("the file can be written");
    }
    let listed = fs::read_to_string(&path).expect("gc/public-api.txt").replace('\r', "");
    assert!(
        listed == found,
        "what is public in gc has changed:\n{}\nIf that is meant: PUBLIC_API=overwrite cargo test -p tests --test all -- \
         written_down, read the difference, and say it in gc/CHANGELOG.md.",
        difference(&listed, &found)
    );
}
