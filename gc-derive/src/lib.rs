//! The derive macros of the `gc` crate.
#![forbid(unsafe_code)]

use proc_macro::TokenStream;

/// x
#[proc_macro_derive(Trace, attributes(trace))]
pub fn derive_trace(_: TokenStream) -> TokenStream {
    TokenStream::new()
}
/// x
#[proc_macro_derive(Word, attributes(trace))]
pub fn derive_word(_: TokenStream) -> TokenStream {
    TokenStream::new()
}
