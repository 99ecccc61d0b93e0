//! The rules of `#[derive(Word)]`: one function each, with its reason above it.

use syn::{GenericArgument, PathArguments, Type};

use super::{Part, Shape};
use crate::errors::Errors;
use crate::model::{Body, Field, Input, Role, Variant};
use crate::pointers;
use crate::syntax::is_ident;

/// Variants that the 15 bits of a tag can tell apart.
const MAX_VARIANTS: usize = 1 << 15;
/// Variants of an enum with an `f64`.
const MAX_WITH_DOUBLE: usize = 15;
/// Variants that may hold an edge: the first ones.
const MAX_EDGES: usize = 120;

/// The shape of the word, if the type has one.
pub(super) fn shape<'a>(input: &'a Input, errors: &mut Errors) -> Option<Shape<'a>> {
    match &input.body {
        Body::Struct(fields) => newtype(input, fields, errors).map(Shape::Newtype),
        Body::Enum(variants) => {
            some_variants(input, variants, errors);
            let parts: Vec<_> = variants.iter().map(|variant| packed(variant, errors)).collect();
            room_for_a_double(input, &parts, errors);
            edges_come_first(&parts, errors);
            Some(Shape::Packed(parts))
        }
        // Which field of a union is live is not known.
        Body::Union(token) => {
            errors.at(token, "`#[derive(Word)]` does not support unions: use an enum");
            None
        }
    }
}

/// A struct is a word if it is one field that is, and nothing beside it: `struct Ref<'gc>(Gc<'gc, Node<'gc>>)`.
fn newtype<'a>(input: &Input, fields: &'a Variant, errors: &mut Errors) -> Option<Part<'a>> {
    let mut values = fields.fields.iter().filter(|field| !is_phantom(field));
    let Some(value) = values.next() else {
        errors.at(
            &input.ident,
            "`#[derive(Word)]` on a struct needs a field that is a word: a `Gc`, an `Option` of one, an integer",
        );
        return None;
    };
    for second in values {
        errors.at(
            &second.ty,
            "a struct with `#[derive(Word)]` has one field that is a word, and perhaps `PhantomData`: \
             use an enum to pack, or a `GcRefCell` around the struct instead of a `GcCell`",
        );
    }
    pointers::no_wide_pointer(&value.ty, errors);
    parameter_is_word(input, value, errors);
    Some(Part { variant: fields, value: Some(value) })
}

/// That `T` is a word has to be asked for at every brand, which `T: Word` does.
fn parameter_is_word(input: &Input, value: &Field, errors: &mut Errors) {
    let of_parameter = input.parameters.iter().find(|parameter| is_ident(&value.ty, &parameter.ident));
    if let Some(parameter) = of_parameter
        && parameter.role == Role::Rebranded
    {
        let (name, brand) = (&parameter.ident, &input.brand);
        errors.at(
            &value.ty,
            format!("`{name}` must be a word: add `#[trace(bound = \"{name}: gc::Word<{brand}>\")]`"),
        );
    }
}

/// Of two fields neither could have the 48 bits that an address needs.
fn packed<'a>(variant: &'a Variant, errors: &mut Errors) -> Part<'a> {
    let mut values = variant.fields.iter().filter(|field| !is_phantom(field));
    let value = values.next();
    if let Some(value) = value {
        pointers::no_wide_pointer(&value.ty, errors);
    }
    for second in values {
        errors.at(
            &second.ty,
            "a variant of a `#[derive(Word)]` enum holds one value at most: put several behind a `Gc`",
        );
    }
    Part { variant, value }
}

/// There is a word for each variant only as long as the tag has numbers.
fn some_variants(input: &Input, variants: &[Variant], errors: &mut Errors) {
    if variants.is_empty() {
        errors
            .at(&input.ident, "`#[derive(Word)]` needs a variant: an enum without one has no value to store");
    }
    if variants.len() > MAX_VARIANTS {
        errors.at(
            &input.ident,
            "`#[derive(Word)]` tells at most 32768 variants apart: put some into an enum of their own",
        );
    }
}

/// Doubles take most of the words, so there are few for other variants. (An `f64` of another name is found by a constant.)
fn room_for_a_double(input: &Input, parts: &[Part<'_>], errors: &mut Errors) {
    let mut doubles = parts.iter().filter_map(|part| part.value).filter(|field| is_f64(&field.ty));
    let Some(first) = doubles.next() else { return };
    for second in doubles {
        errors.at(
            &second.ty,
            "one variant of a `#[derive(Word)]` enum holds an `f64` at most: put the other one behind a `Gc`",
        );
    }
    if parts.len() > MAX_WITH_DOUBLE {
        errors.at(
            &first.ty,
            format!(
                "a `#[derive(Word)]` enum with an `f64` has at most {MAX_WITH_DOUBLE} variants, and `{}` has {}: \
                 put those without a `Gc` into an enum of their own that derives `Word`, too, as the field of one variant",
                input.ident,
                parts.len(),
            ),
        );
    }
}

/// Tag and low bits of an edge tell so many apart. (A `Gc` of another name is found by a constant.)
fn edges_come_first(parts: &[Part<'_>], errors: &mut Errors) {
    for field in parts.iter().skip(MAX_EDGES).filter_map(|part| part.value).filter(|field| is_gc(&field.ty)) {
        errors.at(
            &field.ty,
            format!("variants that hold a `Gc` are among the first {MAX_EDGES} of a `#[derive(Word)]` enum: move this one up"),
        );
    }
}

fn is_f64(ty: &Type) -> bool {
    matches!(ty, Type::Path(path) if path.qself.is_none() && path.path.is_ident("f64"))
}

/// Whether this is `Gc`, `WeakGc` or `Option` of one, by name.
fn is_gc(ty: &Type) -> bool {
    let Type::Path(path) = ty else { return false };
    let Some(last) = path.path.segments.last() else { return false };
    match &last.arguments {
        _ if last.ident == "Gc" || last.ident == "WeakGc" => true,
        PathArguments::AngleBracketed(of) if last.ident == "Option" => {
            of.args.iter().any(|argument| matches!(argument, GenericArgument::Type(ty) if is_gc(ty)))
        }
        _ => false,
    }
}

/// Whether the field is a `PhantomData`, which has no bits. By name: under another type of that name the emitted
/// code does not compile.
fn is_phantom(field: &Field) -> bool {
    match &field.ty {
        Type::Path(path) => path.path.segments.last().is_some_and(|segment| segment.ident == "PhantomData"),
        _ => false,
    }
}
