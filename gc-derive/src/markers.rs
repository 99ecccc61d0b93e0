//! Which mention of a `#[trace(static)]` parameter asks that it is `Trace`.
//!
//! A field of type `C`, or `Vec<C>`, is traced by the `Trace` of `C`. A mere marker is not: a `PhantomData` holds no `C`, and
//! the type itself at the same parameter asks for no more than it does anyway. Of any other type that takes `C` the derive
//! cannot know what it asks for, so it asks for `Trace`. All this is about which bounds are written; whether they are
//! enough is checked by the compiler.

use syn::{GenericArgument, GenericParam, Ident, Path, PathArguments, Type, TypePath};

use crate::syntax::{is_ident, mentions_ident};

/// Finds such mentions in the fields of a type.
pub(crate) struct Mentions<'a> {
    /// The name of the type itself, and its parameters in the order of their declaration.
    pub(crate) owner: &'a Ident,
    pub(crate) declared: Vec<&'a GenericParam>,
    /// The parameter that is looked for.
    pub(crate) parameter: &'a Ident,
}

impl Mentions<'_> {
    /// Whether a field of this type asks that the parameter is `Trace`.
    pub(crate) fn asks_for_trace(&self, ty: &Type) -> bool {
        match ty {
            Type::Path(TypePath { qself: None, path, .. }) => self.path_asks(path),
            Type::Tuple(tuple) => tuple.elems.iter().any(|ty| self.asks_for_trace(ty)),
            Type::Array(array) => self.asks_for_trace(&array.elem),
            Type::Paren(inner) => self.asks_for_trace(&inner.elem),
            Type::Group(inner) => self.asks_for_trace(&inner.elem),
            other => mentions_ident(other, self.parameter),
        }
    }

    fn path_asks(&self, path: &Path) -> bool {
        if path.segments.last().is_some_and(|last| last.ident == "PhantomData") {
            return false;
        }
        let is_owner = path.leading_colon.is_none() && path.segments.len() == 1;
        path.segments.iter().any(|segment| match &segment.arguments {
            PathArguments::AngleBracketed(arguments) => {
                let is_owner = is_owner && segment.ident == *self.owner;
                let mut arguments = arguments.args.iter().enumerate();
                arguments.any(|(place, argument)| match argument {
                    GenericArgument::Type(ty) if is_owner && self.is_in_its_place(place, ty) => false,
                    GenericArgument::Type(ty) => self.asks_for_trace(ty),
                    other => mentions_ident(other, self.parameter),
                })
            }
            _ => mentions_ident(segment, self.parameter),
        })
    }

    /// Whether the argument of the type itself is the parameter that is declared there.
    fn is_in_its_place(&self, place: usize, argument: &Type) -> bool {
        match self.declared.get(place) {
            Some(GenericParam::Type(declared)) => is_ident(argument, &declared.ident),
            _ => false,
        }
    }
}
