//! What is public, as text: for each module and each name what a program may rely on, as it is written in the source.
//!
//! What macros make inside the crate is listed as their use (`integers!(u8 u16)`), with the signatures of the public
//! functions that they define.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use syn::spanned::Spanned;
use syn::{Attribute, Fields, ImplItem, Item, ItemImpl, ItemMacro, TraitItem};

use super::source::{File, Source, conditions, implementor, is_for_tests, is_hidden, is_public};
use super::written::{arms, functions};

/// The listing of a crate.
pub(super) fn listing(source: &Source) -> String {
    let places = source.places();
    let macros: BTreeSet<String> = source.items().filter_map(|(_, item)| macro_name(item)).collect();
    let mut listing = Listing::default();
    for (file, item) in source.items() {
        let of_name = |name: &str| places.get(name).map(|module| format!("{module}::{name}"));
        match item {
            Item::Impl(item) => {
                let of = implementor(item).and_then(|of| of_name(&of));
                let implemented = item.trait_.as_ref().and_then(|(path, _)| path.segments.last());
                let implemented = implemented.and_then(|segment| of_name(&segment.ident.to_string()));
                // Nobody outside sees what is implemented for a type that nobody can name.
                let for_private = || implementor(item).is_some_and(|of| defines_type(file, &of));
                if let Some(name) = of.or(implemented.filter(|_| !for_private())) {
                    listing.blocks.entry(name).or_default().add_impl(file, item);
                }
            }
            Item::Macro(item) => match &item.ident {
                Some(_) => listing.add_macro(file, item),
                None if macros.iter().any(|name| item.mac.path.is_ident(name)) => {
                    listing.made.insert(file.used(&item.mac));
                }
                None => {}
            },
            Item::Use(item) if is_public(&item.vis) => {
                let written = file.written(item.vis.span().byte_range().start..item.span().byte_range().end);
                if written.contains("gc_derive") {
                    listing.made.insert(on_condition(file, &item.attrs, &written));
                }
            }
            _ => {
                if let Some((name, declared)) = declared(file, item)
                    && let Some(name) = of_name(&name)
                {
                    let block = listing.blocks.entry(name).or_default();
                    block.declaration = declared.declaration;
                    block.lines.extend(declared.lines);
                }
            }
        }
    }
    listing.to_string()
}

/// What was found so far.
#[derive(Default)]
struct Listing {
    /// By name.
    blocks: BTreeMap<String, Block>,
    /// What macros make.
    made: BTreeSet<String>,
}

impl Listing {
    /// A macro that is defined.
    fn add_macro(&mut self, file: &File, item: &ItemMacro) {
        let Some(name) = &item.ident else { return };
        if item.attrs.iter().any(|attribute| attribute.path().is_ident("macro_export")) {
            self.blocks.entry(format!("gc::{name}!")).or_default().declaration = arms(file, &item.mac.tokens);
        } else {
            let functions = functions(file, item.mac.tokens.clone());
            self.made.extend(functions.into_iter().map(|function| format!("{name}! {{ {function} }}")));
        }
    }
}

impl fmt::Display for Listing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "What is public in the crate gc. Made by the test tests/all/reference, which says how.")?;
        for (name, block) in &self.blocks {
            writeln!(f, "\n{name}")?;
            block.declaration.iter().chain(&block.lines).try_for_each(|line| writeln!(f, "    {line}"))?;
        }
        writeln!(f, "\nMade by macros")?;
        self.made.iter().try_for_each(|line| writeln!(f, "    {line}"))
    }
}

/// Whether a file defines a type of this name.
fn defines_type(file: &File, name: &str) -> bool {
    file.items.iter().any(|item| match item {
        Item::Struct(item) => item.ident == name,
        Item::Enum(item) => item.ident == name,
        _ => false,
    })
}

/// The name of a macro that is defined here.
fn macro_name(item: &Item) -> Option<String> {
    match item {
        Item::Macro(item) => item.ident.as_ref().map(ToString::to_string),
        _ => None,
    }
}

/// What is said about one name.
#[derive(Default)]
struct Block {
    declaration: Vec<String>,
    lines: BTreeSet<String>,
}

impl Block {
    fn add_impl(&mut self, file: &File, item: &ItemImpl) {
        let start = item.unsafety.map_or(item.impl_token.span, |token| token.span).byte_range().start;
        let header = file.written(start..item.brace_token.span.open().byte_range().start);
        if item.trait_.is_some() {
            self.lines.insert(on_condition(file, &item.attrs, &header));
            return;
        }
        for part in &item.items {
            let (attributes, what) = match part {
                ImplItem::Fn(part) if is_public(&part.vis) => {
                    let start = part.vis.span().byte_range().start;
                    (&part.attrs, file.written(start..part.block.span().byte_range().start))
                }
                ImplItem::Const(part) if is_public(&part.vis) => {
                    let start = part.vis.span().byte_range().start;
                    (&part.attrs, file.written(start..part.eq_token.span.byte_range().start))
                }
                ImplItem::Macro(part) => (&part.attrs, file.used(&part.mac)),
                _ => continue,
            };
            if !is_hidden(attributes) && !is_for_tests(attributes) {
                self.lines.insert(on_condition(file, attributes, &format!("{header}: {what}")));
            }
        }
    }
}

/// A type, trait, function or constant that is public where it stands.
fn declared(file: &File, item: &Item) -> Option<(String, Block)> {
    let mut lines = BTreeSet::new();
    let (visibility, name, attributes, end) = match item {
        Item::Struct(item) => {
            lines.extend(public_fields(file, &item.fields));
            let end = match &item.fields {
                Fields::Named(fields) => fields.brace_token.span.open().byte_range().start,
                Fields::Unnamed(fields) => fields.paren_token.span.open().byte_range().start,
                Fields::Unit => item.span().byte_range().end,
            };
            (&item.vis, &item.ident, &item.attrs, end)
        }
        Item::Enum(item) => {
            for variant in &item.variants {
                lines.insert(format!(
                    "{}{}",
                    marks(&variant.attrs),
                    file.without_docs(
                        variant.ident.span().byte_range().start..variant.span().byte_range().end
                    )
                ));
            }
            (&item.vis, &item.ident, &item.attrs, item.brace_token.span.open().byte_range().start)
        }
        Item::Trait(item) => {
            lines.extend(item.items.iter().filter_map(|part| required(file, part)));
            (&item.vis, &item.ident, &item.attrs, item.brace_token.span.open().byte_range().start)
        }
        Item::Fn(item) => (&item.vis, &item.sig.ident, &item.attrs, item.block.span().byte_range().start),
        Item::Const(item) => (&item.vis, &item.ident, &item.attrs, item.eq_token.span.byte_range().start),
        Item::Type(item) => (&item.vis, &item.ident, &item.attrs, item.span().byte_range().end),
        _ => return None,
    };
    if !is_public(visibility) {
        return None;
    }
    let written = file.written(visibility.span().byte_range().start..end);
    let declaration = vec![on_condition(file, attributes, &format!("{}{written}", marks(attributes)))];
    for derive in attributes.iter().filter(|attribute| attribute.path().is_ident("derive")) {
        let derived = derive.meta.require_list().expect("a derive has a list").tokens.to_string();
        lines.extend(derived.split(',').map(|derived| format!("derive {}", derived.trim())));
    }
    Some((name.to_string(), Block { declaration, lines }))
}

/// Fields that programs can name.
fn public_fields(file: &File, fields: &Fields) -> Vec<String> {
    let public = fields.iter().enumerate().filter(|(_, field)| is_public(&field.vis));
    let named = |(at, field): (usize, &syn::Field)| {
        let name = field.ident.as_ref().map_or(at.to_string(), ToString::to_string);
        format!("pub {name}: {}", file.written(field.ty.span().byte_range()))
    };
    public.map(named).collect()
}

/// What an implementation has, or may have.
fn required(file: &File, part: &TraitItem) -> Option<String> {
    let (attributes, start, end, has_default) = match part {
        TraitItem::Fn(part) => {
            let default = part.default.as_ref().map(|block| block.span().byte_range().start);
            let end = default.unwrap_or(part.sig.span().byte_range().end);
            (&part.attrs, part.sig.span().byte_range().start, end, default.is_some())
        }
        TraitItem::Const(part) => {
            let default = part.default.as_ref().map(|(equals, _)| equals.span().byte_range().start);
            let end = default.unwrap_or(part.ty.span().byte_range().end);
            (&part.attrs, part.const_token.span.byte_range().start, end, default.is_some())
        }
        TraitItem::Type(part) => {
            (&part.attrs, part.type_token.span.byte_range().start, part.span().byte_range().end, false)
        }
        _ => return None,
    };
    let default = if has_default { " (with a default)" } else { "" };
    (!is_hidden(attributes)).then(|| format!("{}{default}", file.written(start..end)))
}

/// The attributes that a program can feel.
fn marks(attributes: &[Attribute]) -> String {
    let felt = ["non_exhaustive", "must_use", "repr"];
    let marks = attributes.iter().filter(|attribute| felt.iter().any(|name| attribute.path().is_ident(name)));
    marks
        .map(|attribute| match attribute.meta.require_list() {
            Ok(list) => format!("#[{}({})] ", attribute.path().require_ident().expect("a name"), list.tokens),
            Err(_) => format!("#[{}] ", attribute.path().require_ident().expect("a name")),
        })
        .collect()
}

/// The line, with the features that it needs.
fn on_condition(file: &File, attributes: &[Attribute], line: &str) -> String {
    let own = conditions(attributes).into_iter().filter(|condition| condition != "not (loom)");
    let all = file.conditions.iter().cloned().chain(own);
    all.fold(line.to_owned(), |line, condition| format!("{line}  if {condition}"))
}
