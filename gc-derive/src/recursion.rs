//! Types that own themselves at ever larger arguments: `struct Nest<T> { inner: Vec<Nest<(T, T)>> }`.
//!
//! Whether such a type is `Send`, which all in the heap is, has no end, and the compiler looks for one for minutes where the
//! argument doubles. Behind a `Gc`, which is `Send` whatever it points to, the type is fine.

use syn::{GenericArgument, PathArguments, Type, TypePath};

use crate::errors::Errors;
use crate::model::{Input, Treatment};
use crate::syntax::{is_ident, mentions_ident};

/// Reports the fields that do. If there are any, nothing else may be emitted: every question about the type would be the
/// same again.
pub(crate) fn check(input: &Input, errors: &mut Errors) {
    let traced = input.body.fields().filter(|field| field.treatment == Treatment::Traced);
    for field in traced.filter(|field| grows(input, &field.ty)) {
        let owner = &input.ident;
        errors.refuse_fallback();
        errors.at(
            &field.ty,
            format!(
                "`{owner}` owns itself at an argument that grows without end: put a `Gc` between them, or let it own \
                 itself at its own parameters only"
            ),
        );
    }
}

fn grows(input: &Input, ty: &Type) -> bool {
    match ty {
        Type::Tuple(tuple) => tuple.elems.iter().any(|ty| grows(input, ty)),
        Type::Array(array) => grows(input, &array.elem),
        Type::Paren(inner) => grows(input, &inner.elem),
        Type::Group(inner) => grows(input, &inner.elem),
        Type::Path(TypePath { qself: None, path, .. }) => path.segments.last().is_some_and(|last| {
            let PathArguments::AngleBracketed(arguments) = &last.arguments else { return false };
            let is_owner = path.segments.len() == 1 && last.ident == input.ident;
            let ends = last.ident == "Gc" || last.ident == "WeakGc";
            !ends
                && arguments.args.iter().any(|argument| match argument {
                    GenericArgument::Type(ty) => is_owner && is_larger(input, ty) || grows(input, ty),
                    _ => false,
                })
        }),
        _ => false,
    }
}

/// Whether a type parameter is in the type, and something else, too.
fn is_larger(input: &Input, ty: &Type) -> bool {
    input.parameters.iter().any(|own| mentions_ident(ty, &own.ident) && !is_ident(ty, &own.ident))
}
