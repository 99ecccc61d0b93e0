//! The sources of `gc`, read as `rustdoc` reads them: which items a program can name, and what belongs to them.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use syn::{Attribute, Expr, Item, ItemImpl, ItemUse, Lit, Meta, Type, UseTree};

/// The folder of a package of the workspace.
pub(super) fn package(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("a workspace").join(name)
}

/// A file of the crate.
pub(super) struct File {
    /// Its path.
    pub(super) path: PathBuf,
    pub(super) text: String,
    /// What its `mod` demands: features.
    pub(super) conditions: Vec<String>,
    /// What it defines: no tests, and nothing that is there for models of threads only.
    pub(super) items: Vec<Item>,
}

/// A module that programs can name, and the names in it.
pub(super) struct Public {
    /// `gc`, `gc::implement`.
    pub(super) module: String,
    pub(super) names: Vec<String>,
}

/// The crate.
pub(super) struct Source {
    pub(super) files: Vec<File>,
    pub(super) modules: Vec<Public>,
}

impl Source {
    /// Reads a crate, whose root is `lib.rs` in this folder.
    pub(super) fn read(folder: &Path) -> Self {
        let mut files = Vec::new();
        read_module(&folder.join("lib.rs"), folder, Vec::new(), &mut files);
        let root = &files[0];
        let mut modules = vec![Public { module: "gc".into(), names: exported(&root.items) }];
        for item in &root.items {
            let Item::Mod(module) = item else { continue };
            if is_public(&module.vis) && !is_hidden(&module.attrs) {
                let name = module.ident.to_string();
                let ends = [format!("{name}.rs"), format!("{name}/mod.rs")];
                let own = files.iter().find(|file| ends.iter().any(|end| file.path == folder.join(end)));
                let names = exported(&own.expect("a module has a file").items);
                modules.push(Public { module: format!("gc::{name}"), names });
            }
        }
        Self { files, modules }
    }

    /// Which module each name is found in.
    pub(super) fn places(&self) -> BTreeMap<&str, &str> {
        let mut places = BTreeMap::new();
        for module in &self.modules {
            places.extend(module.names.iter().map(|name| (name.as_str(), module.module.as_str())));
        }
        places
    }

    /// All items, with their files.
    pub(super) fn items(&self) -> impl Iterator<Item = (&File, &Item)> {
        self.files.iter().flat_map(|file| file.items.iter().map(move |item| (file, item)))
    }
}

/// A file, and those of the modules that it declares. Their folder is `folder`.
fn read_module(path: &Path, folder: &Path, conditions: Vec<String>, files: &mut Vec<File>) {
    let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let parsed = syn::parse_file(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let items: Vec<Item> = parsed.items.into_iter().filter(|item| !is_for_tests(attributes(item))).collect();
    // What is hidden is no part of the reference.
    let declared: Vec<(String, Vec<String>)> = items
        .iter()
        .filter_map(|item| match item {
            Item::Mod(module) if module.content.is_none() && !is_hidden(&module.attrs) => {
                let own = self::conditions(&module.attrs);
                Some((module.ident.to_string(), conditions.iter().cloned().chain(own).collect()))
            }
            _ => None,
        })
        .collect();
    files.push(File { path: path.to_owned(), text, conditions, items });
    for (name, conditions) in declared {
        let in_folder = folder.join(&name).join("mod.rs");
        let path = if in_folder.exists() { in_folder } else { folder.join(format!("{name}.rs")) };
        read_module(&path, &folder.join(&name), conditions, files);
    }
}

/// The names that a module makes public.
fn exported(items: &[Item]) -> Vec<String> {
    let mut names = Vec::new();
    for item in items {
        match item {
            Item::Use(ItemUse { vis, tree, attrs, .. }) if is_public(vis) && !is_hidden(attrs) => {
                leaves(tree, &mut names)
            }
            _ => {}
        }
    }
    names.sort();
    names
}

fn leaves(tree: &UseTree, names: &mut Vec<String>) {
    match tree {
        UseTree::Path(path) => leaves(&path.tree, names),
        UseTree::Group(group) => group.items.iter().for_each(|tree| leaves(tree, names)),
        UseTree::Name(name) => names.push(name.ident.to_string()),
        UseTree::Rename(_) | UseTree::Glob(_) => {
            panic!("the reference lists names: neither `*` nor `as` in `pub use`")
        }
    }
}

pub(super) fn is_public(visibility: &syn::Visibility) -> bool {
    matches!(visibility, syn::Visibility::Public(_))
}

/// The attributes of an item.
pub(super) fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

/// What `cfg` demands, as written.
pub(super) fn conditions(attributes: &[Attribute]) -> Vec<String> {
    let cfg = attributes.iter().filter(|attribute| attribute.path().is_ident("cfg"));
    cfg.filter_map(|attribute| Some(attribute.meta.require_list().ok()?.tokens.to_string())).collect()
}

/// Whether this is compiled for tests only.
pub(super) fn is_for_tests(attributes: &[Attribute]) -> bool {
    conditions(attributes).iter().any(|condition| {
        let condition = condition.replace(' ', "");
        matches!(&*condition, "test" | "loom") || condition.starts_with("all(test")
    })
}

pub(super) fn is_hidden(attributes: &[Attribute]) -> bool {
    let docs = attributes.iter().filter(|attribute| attribute.path().is_ident("doc"));
    docs.filter_map(|attribute| attribute.meta.require_list().ok())
        .any(|list| list.tokens.to_string() == "hidden")
}

/// The text of doc comments.
pub(super) fn documentation(attributes: &[Attribute]) -> String {
    let mut text = String::new();
    for attribute in attributes {
        if let Meta::NameValue(doc) = &attribute.meta
            && doc.path.is_ident("doc")
            && let Expr::Lit(literal) = &doc.value
            && let Lit::Str(line) = &literal.lit
        {
            text.push_str(&line.value());
            text.push('\n');
        }
    }
    text
}

/// The name of the type that an `impl` is of.
pub(super) fn implementor(item: &ItemImpl) -> Option<String> {
    match &*item.self_ty {
        Type::Path(path) => Some(path.path.segments.last()?.ident.to_string()),
        _ => None,
    }
}
