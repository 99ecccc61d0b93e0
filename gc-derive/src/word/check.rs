//! The rules of `#[derive(Word)]`: one function each, with its reason above it.

use syn::Type;

use super::{Part, Shape};
use crate::errors::Errors;
use crate::model::{Body, Field, Input, Role, Variant};
use crate::syntax::is_ident;

/// Variants that the 15 bits of a tag can tell apart.
const MAX_VARIANTS: usize = 1 << 15;

/// The shape of the word, if the type has one.
pub(super) fn shape<'a>(input: &'a Input, errors: &mut Errors) -> Option<Shape<'a>> {
    match &input.body {
        Body::Struct(fields) => newtype(input, fields, errors).map(Shape::Newtype),
        Body::Enum(variants) => {
            some_variants(input, variants, errors);
            Some(Shape::Packed(variants.iter().map(|variant| packed(variant, errors)).collect()))
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

/// Whether the field is a `PhantomData`, which has no bits. By name: under another type of that name the emitted
/// code does not compile.
fn is_phantom(field: &Field) -> bool {
    match &field.ty {
        Type::Path(path) => path.path.segments.last().is_some_and(|segment| segment.ident == "PhantomData"),
        _ => false,
    }
}
