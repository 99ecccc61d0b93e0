//! Collects every error of an input, so that users see all of them at once.

use proc_macro2::TokenStream;
use quote::ToTokens;

/// The errors found so far. Must be read by [`finish`](Self::finish).
pub(crate) struct Errors {
    list: Option<Vec<syn::Error>>,
    /// Whether an implementation that does nothing would be wrong, too.
    no_fallback: bool,
}

impl Errors {
    pub(crate) fn new() -> Self {
        Self { list: Some(Vec::new()), no_fallback: false }
    }

    /// An error at these tokens: lower case, and saying what to write instead.
    pub(crate) fn at(&mut self, tokens: impl ToTokens, message: impl core::fmt::Display) {
        self.push(syn::Error::new_spanned(tokens, message));
    }

    pub(crate) fn push(&mut self, error: syn::Error) {
        self.list.get_or_insert_default().push(error);
    }

    /// The type is such that every implementation would give errors of its own.
    pub(crate) fn refuse_fallback(&mut self) {
        self.no_fallback = true;
    }

    pub(crate) fn allow_fallback(&self) -> bool {
        !self.no_fallback
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.list.as_ref().is_none_or(Vec::is_empty)
    }

    /// The errors as tokens that report them; none if there was no error.
    pub(crate) fn finish(mut self) -> TokenStream {
        self.list.take().unwrap_or_default().iter().map(syn::Error::to_compile_error).collect()
    }
}

impl Drop for Errors {
    /// An error that is dropped unread would let a wrong type pass.
    fn drop(&mut self) {
        assert!(self.list.is_none() || std::thread::panicking(), "errors were collected but not reported");
    }
}
