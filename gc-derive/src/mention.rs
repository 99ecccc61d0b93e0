//! Which names a piece of syntax mentions. Asked of the tokens, not of the tree, so that nothing that a
//! type may contain (macros, array lengths, bounds) is overlooked.

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::{Ident, Lifetime};

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
