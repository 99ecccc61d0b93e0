//! The derive macros of the `gc` crate.
//!
//! A derive runs in steps, one per file: read attributes ([`attr`]), make a [`model`] of the input, [`check`]
//! the rules, [`expand`]. Expansion cannot fail. When a rule is broken, all errors are reported together with
//! an implementation that does nothing ([`fallback`]), so that one mistake is one error and not twenty.
#![forbid(unsafe_code)]

mod attr;
mod bounds;
mod check;
mod errors;
mod expand;
mod fallback;
mod mention;
mod model;
mod word;

use proc_macro::TokenStream;
use syn::{DeriveInput, parse_macro_input};

use crate::errors::Errors;
use crate::model::Input;

/// x
#[proc_macro_derive(Trace, attributes(trace))]
pub fn derive_trace(input: TokenStream) -> TokenStream {
    let original = parse_macro_input!(input as DeriveInput);
    let mut errors = Errors::new();
    let input = Input::new(&original, &mut errors);
    check::check(&original, &input, &mut errors);
    if errors.is_empty() {
        errors.finish();
        return expand::expand(&input).into();
    }
    let mut tokens = errors.finish();
    tokens.extend(fallback::trace(&original, &input));
    tokens.into()
}

/// x
#[proc_macro_derive(Word, attributes(trace))]
pub fn derive_word(input: TokenStream) -> TokenStream {
    let original = parse_macro_input!(input as DeriveInput);
    word::derive(&original).into()
}
