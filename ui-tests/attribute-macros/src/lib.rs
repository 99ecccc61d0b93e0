//! Attribute macros that change a type after a derive has seen it: neighbours that the derives must withstand.

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
