//! The rules about pointers in fields: what else the compiler would say far away, or without a word of what to write.
//!
//! All are by name and say nothing about safety; a type of the program that has such a name can be written with a path.

use quote::ToTokens;
use syn::{GenericArgument, Lifetime, Path, PathArguments, PathSegment, Type, TypePath, TypeReference};

use crate::errors::Errors;
use crate::model::{Field, Input, Treatment};

/// Checks every rule for a field.
pub(crate) fn check(input: &Input, field: &Field, errors: &mut Errors) {
    if field.treatment == Treatment::Traced && input.settings.is_static.is_none() {
        check_type(input, &field.ty, errors);
    }
}

fn check_type(input: &Input, ty: &Type, errors: &mut Errors) {
    match ty {
        Type::Reference(reference) => no_branded_reference(input, reference, errors),
        Type::Tuple(tuple) => tuple.elems.iter().for_each(|ty| check_type(input, ty, errors)),
        Type::Array(array) => check_type(input, &array.elem, errors),
        Type::Paren(inner) => check_type(input, &inner.elem, errors),
        Type::Group(inner) => check_type(input, &inner.elem, errors),
        Type::Path(TypePath { qself: None, path, .. }) => {
            // A phantom is of any type.
            let last = path.segments.last().filter(|last| last.ident != "PhantomData");
            let Some(last) = last else { return };
            let is_wrong = path.segments.len() == 1
                && (no_static_brand(input, ty, last, errors) || no_wide_pointer_in_word(ty, last, errors));
            if !is_wrong {
                types(last).for_each(|inner| check_type(input, inner, errors));
            }
        }
        _ => {}
    }
}

/// `name: &'gc str` gives only a lifetime error that does not say what to store.
fn no_branded_reference(input: &Input, reference: &TypeReference, errors: &mut Errors) {
    let is_branded = reference.lifetime.as_ref().is_some_and(|of| input.has_lifetime && *of == input.brand);
    if !is_branded {
        return;
    }
    let (brand, target) = (&input.brand, &reference.elem);
    let instead = match &**target {
        Type::Path(TypePath { qself: None, path, .. }) if is_mutation(path) => {
            let message = "a mutation is over before the objects are: pass it to the functions that need it";
            return errors.at(reference, message);
        }
        Type::Path(TypePath { qself: None, path, .. }) if path.is_ident("str") => {
            format!("`String`, `Gc<{brand}, str>`, or `&'static str` if it is a literal")
        }
        Type::Slice(slice) => {
            let element = text(&slice.elem);
            format!("`Vec<{element}>` or `Gc<{brand}, [{element}]>`")
        }
        other => {
            let target = text(other);
            format!("the `{target}` itself, or `Gc<{brand}, {target}>`")
        }
    };
    errors.at(reference, format!("a reference keeps no object, and objects borrow nothing: store {instead}"));
}

fn is_mutation(path: &Path) -> bool {
    path.segments.last().is_some_and(|last| last.ident == "Mutation")
}

/// `Gc<'static, N>` in a type without a lifetime compiles, but there is no such `Gc` to put there.
fn no_static_brand(input: &Input, ty: &Type, last: &PathSegment, errors: &mut Errors) -> bool {
    let is_static = (last.ident == "Gc" || last.ident == "WeakGc")
        && lifetimes(last).any(|lifetime| lifetime.ident == "static");
    if is_static {
        let (name, owner) = (&last.ident, &input.ident);
        let target = types(last).next().map(|target| format!(", {}", text(target)));
        let target = target.unwrap_or_default();
        let instead = if input.has_lifetime {
            let brand = &input.brand;
            format!("write `{name}<{brand}{target}>`")
        } else {
            format!("add a lifetime `'gc` to `{owner}` and write `{name}<'gc{target}>`")
        };
        errors.at(ty, format!("a `{name}` is of its mutation, and so never `'static`: {instead}"));
    }
    is_static
}

/// `GcCell<Option<Gc<'gc, str>>>` says that `str` has no size, but not what that has to do with cells.
fn no_wide_pointer_in_word(ty: &Type, last: &PathSegment, errors: &mut Errors) -> bool {
    if last.ident != "GcCell" {
        return false;
    }
    let Some(wide) = types(last).next().and_then(wide_pointer) else { return false };
    let (contents, target) = (text(types(last).next()), text(wide.target));
    let thin = contents.replacen(&text(wide.ty), &wide.thin(), 1);
    errors.at(
        ty,
        format!(
            "a `GcCell` holds one word, and a `{}` to `{target}` is two: write `GcCell<{thin}>`, with a pointer of one \
             word, or `GcRefCell<{contents}>` or `GcRwLock<{contents}>`",
            wide.name.ident
        ),
    );
    true
}

/// The same for what is to be packed into a word.
pub(crate) fn no_wide_pointer(ty: &Type, errors: &mut Errors) {
    let Some(wide) = wide_pointer(ty) else { return };
    let (name, target) = (&wide.name.ident, text(wide.target));
    let thin = text(ty).replacen(&text(wide.ty), &wide.thin(), 1);
    errors.at(
        ty,
        format!("a `{name}` to `{target}` is two words, and there is one: write `{thin}`, with a pointer of one word"),
    );
}

/// A `Gc` or `WeakGc` whose target has no size.
struct WidePointer<'t> {
    ty: &'t Type,
    name: &'t PathSegment,
    target: &'t Type,
}

impl WidePointer<'_> {
    /// A pointer of one word to write instead.
    fn thin(&self) -> String {
        let Self { ty, name, target } = self;
        let brand = lifetimes(name).next().map(|brand| format!("{}, ", text(brand))).unwrap_or_default();
        match target {
            Type::Slice(slice) if name.ident == "Gc" => format!("GcSlice<{brand}{}>", text(&slice.elem)),
            Type::Path(_) if name.ident == "Gc" => match brand.strip_suffix(", ") {
                Some(brand) => format!("GcStr<{brand}>"),
                None => "GcStr".into(),
            },
            _ => text(ty).replacen(&text(target), &format!("Box<{}>", text(target)), 1),
        }
    }
}

/// The type, or what is in it if it is an `Option`, if that is such a pointer.
fn wide_pointer(ty: &Type) -> Option<WidePointer<'_>> {
    let Type::Path(TypePath { qself: None, path, .. }) = ty else { return None };
    let name = path.segments.last()?;
    let target = types(name).next()?;
    if name.ident == "Option" {
        return wide_pointer(target);
    }
    let is_wide = match target {
        Type::Slice(_) | Type::TraitObject(_) => true,
        Type::Path(TypePath { qself: None, path, .. }) => path.is_ident("str"),
        _ => false,
    };
    (is_wide && (name.ident == "Gc" || name.ident == "WeakGc")).then_some(WidePointer { ty, name, target })
}

/// As it is written, but for spaces in other places.
pub(crate) fn text(syntax: impl ToTokens) -> String {
    let tokens = syntax.to_token_stream().to_string();
    tokens.replace(" < ", "<").replace(" >", ">").replace(" ,", ",").replace("& ", "&").replace(" :: ", "::")
}

fn arguments(segment: &PathSegment) -> impl Iterator<Item = &GenericArgument> {
    let arguments = match &segment.arguments {
        PathArguments::AngleBracketed(arguments) => Some(&arguments.args),
        _ => None,
    };
    arguments.into_iter().flatten()
}

/// The types among the arguments.
pub(crate) fn types(segment: &PathSegment) -> impl Iterator<Item = &Type> {
    arguments(segment).filter_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    })
}

fn lifetimes(segment: &PathSegment) -> impl Iterator<Item = &Lifetime> {
    arguments(segment).filter_map(|argument| match argument {
        GenericArgument::Lifetime(lifetime) => Some(lifetime),
        _ => None,
    })
}
