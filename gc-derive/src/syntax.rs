//! Questions about syntax.
//!
//! Which names it mentions is asked of the tokens, not of the tree, so that nothing that a type may contain
//! (macros, array lengths, bounds) is overlooked.

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::punctuated::Punctuated;
use syn::{Ident, Lifetime, Token, Type, TypeParamBound, WherePredicate};

/// Whether the identifier occurs.
pub(crate) fn mentions_ident(syntax: impl ToTokens, ident: &Ident) -> bool {
    any(syntax.to_token_stream(), &mut |name, after_quote| !after_quote && name == ident)
}

/// Whether the lifetime occurs, in any role.
pub(crate) fn mentions_lifetime(syntax: impl ToTokens, lifetime: &Lifetime) -> bool {
    any(syntax.to_token_stream(), &mut |name, after_quote| after_quote && *name == lifetime.ident)
}

/// Whether `found` holds for an identifier; its second argument tells whether that names a lifetime.
fn any(tokens: TokenStream, found: &mut dyn FnMut(&Ident, bool) -> bool) -> bool {
    let mut after_quote = false;
    tokens.into_iter().any(|token| {
        let was_quote = core::mem::take(&mut after_quote);
        match token {
            TokenTree::Group(group) => any(group.stream(), found),
            TokenTree::Ident(ident) => found(&ident, was_quote),
            TokenTree::Punct(punct) => {
                after_quote = punct.as_char() == '\'';
                false
            }
            TokenTree::Literal(_) => false,
        }
    })
}

/// Whether a macro is called: a `!` before a group. (An operator before parentheses, in the length of an array, is
/// taken for one.)
pub(crate) fn has_macro(syntax: impl ToTokens) -> bool {
    fn any(tokens: TokenStream) -> bool {
        let mut after_bang = false;
        tokens.into_iter().any(|token| match token {
            TokenTree::Group(group) => core::mem::take(&mut after_bang) || any(group.stream()),
            other => {
                after_bang = matches!(&other, TokenTree::Punct(punct) if punct.as_char() == '!');
                false
            }
        })
    }
    any(syntax.to_token_stream())
}

/// Whether the type is a `fn(..)`, perhaps in parentheses.
pub(crate) fn is_bare_function(ty: &Type) -> bool {
    match ty {
        Type::FnPtr(_) => true,
        Type::Paren(inner) => is_bare_function(&inner.elem),
        Type::Group(inner) => is_bare_function(&inner.elem),
        _ => false,
    }
}

/// Whether the type is just this name.
pub(crate) fn is_ident(ty: &Type, ident: &Ident) -> bool {
    matches!(ty, Type::Path(path) if path.qself.is_none() && path.path.is_ident(ident))
}

pub(crate) fn is_maybe_sized(bound: &TypeParamBound) -> bool {
    matches!(bound, TypeParamBound::Trait(bound) if bound.maybe.is_some())
}

/// Whether the bound is a trait whose last name is one of these.
pub(crate) fn names_trait(bound: &TypeParamBound, names: &[&str]) -> bool {
    let TypeParamBound::Trait(bound) = bound else { return false };
    bound.path.segments.last().is_some_and(|segment| names.iter().any(|name| segment.ident == name))
}

/// The bounded type and its bounds, unless the predicate is about a lifetime.
pub(crate) fn type_predicate(
    predicate: &WherePredicate,
) -> Option<(&Type, &Punctuated<TypeParamBound, Token![+]>)> {
    match predicate {
        WherePredicate::Type(predicate) => Some((&predicate.bounded_ty, &predicate.bounds)),
        _ => None,
    }
}
