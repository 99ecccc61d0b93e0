//! `#[derive(Word)]`: a newtype over a word, or an enum packed into one. `gc::Word` tells the encoding.

mod check;
mod expand;

use proc_macro2::TokenStream;
use syn::DeriveInput;

use crate::errors::Errors;
use crate::fallback;
use crate::field_types;
use crate::model::{Body, Field, Input, Variant};

/// What the word is made of.
pub(crate) enum Shape<'a> {
    /// The word of this field.
    Newtype(Part<'a>),
    /// The number of the variant, and what its field packs.
    Packed(Vec<Part<'a>>),
}

/// A variant, or a struct: at most one field has a value, the others are `PhantomData`.
pub(crate) struct Part<'a> {
    pub(crate) variant: &'a Variant,
    pub(crate) value: Option<&'a Field>,
}

/// All of `#[derive(Word)]`.
pub(crate) fn derive(original: &DeriveInput) -> TokenStream {
    // Attributes and generics are checked by `#[derive(Trace)]`, which `Word` needs beside it; to report their
    // errors here, too, would only double them.
    let mut of_trace = Errors::new();
    let mut input = Input::new(original, &mut of_trace);
    crate::check::check(original, &input, &mut of_trace);
    let reported_there = !of_trace.is_empty() && !matches!(input.body, Body::Union(_));
    of_trace.finish();

    let mut errors = Errors::new();
    let types = field_types::name_once(&mut input);
    let shape = check::shape(&input, &mut errors);
    let broken = !errors.is_empty();
    let mut tokens = errors.finish();
    tokens.extend(match shape {
        Some(shape) if !broken && !reported_there => expand::expand(&input, &types, &shape),
        _ => fallback::word(original, &input),
    });
    tokens
}
