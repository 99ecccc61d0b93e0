//! Macros that change a type after a derive has seen it: neighbours that the derives must withstand.

use std::sync::atomic::{AtomicUsize, Ordering};

use proc_macro::{Delimiter, Group, TokenStream, TokenTree};

/// Appends its argument inside the braces of the item: `#[append(field: u8,)]`.
#[proc_macro_attribute]
pub fn append(extra: TokenStream, item: TokenStream) -> TokenStream {
    let append = |token| match token {
        TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => {
            let contents = group.stream().into_iter().chain(extra.clone()).collect();
            TokenTree::Group(Group::new(Delimiter::Brace, contents))
        }
        other => other,
    };
    item.into_iter().map(append).collect()
}

/// Puts its argument in place of the item.
#[proc_macro_attribute]
pub fn replace(other: TokenStream, _: TokenStream) -> TokenStream {
    other
}

/// One of several types, which `;` divides: the first time the first, and so on in turn.
#[proc_macro]
pub fn in_turn(types: TokenStream) -> TokenStream {
    static N_CALLS: AtomicUsize = AtomicUsize::new(0);
    let types: Vec<TokenTree> = types.into_iter().collect();
    let is_divider = |token: &TokenTree| matches!(token, TokenTree::Punct(punct) if punct.as_char() == ';');
    let types: Vec<&[TokenTree]> = types.split(is_divider).collect();
    types[N_CALLS.fetch_add(1, Ordering::Relaxed) % types.len()].iter().cloned().collect()
}
