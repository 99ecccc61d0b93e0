//! Parts of the source as text, on one line each.

use std::ops::Range;

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::Macro;
use syn::spanned::Spanned;

use super::source::File;

/// What an exported macro takes.
pub(super) fn arms(file: &File, body: &TokenStream) -> Vec<String> {
    let groups = body.clone().into_iter().filter_map(|token| match token {
        TokenTree::Group(group) => Some(group),
        _ => None,
    });
    groups.step_by(2).map(|taken| format!("macro {}", file.written(taken.span().byte_range()))).collect()
}

/// Signatures of the public functions in the body of a macro.
pub(super) fn functions(file: &File, body: TokenStream) -> Vec<String> {
    let (mut found, mut start) = (Vec::new(), None);
    for token in body {
        match token {
            TokenTree::Ident(word) if word == "pub" => start = Some(word.span().byte_range().start),
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => {
                if let Some(start) = start.take() {
                    let signature = file.written(start..group.span().byte_range().start);
                    found.extend(signature.contains("fn ").then_some(signature));
                }
                found.extend(functions(file, group.stream()));
            }
            TokenTree::Group(group) => {
                // `pub(crate)` is not public, and parentheses of a signature hold no function.
                if file.text.as_bytes()[..group.span().byte_range().start].ends_with(b"pub") {
                    start = None;
                }
                if start.is_none() {
                    found.extend(functions(file, group.stream()));
                }
            }
            TokenTree::Punct(sign) if sign.as_char() == ';' => start = None,
            _ => {}
        }
    }
    found
}

impl File {
    /// The use of a macro without what is in braces inside, which is about how and not what.
    pub(super) fn used(&self, used: &Macro) -> String {
        let (mut text, mut at) = (String::new(), used.span().byte_range().start);
        for token in used.tokens.clone() {
            if let TokenTree::Group(group) = token
                && group.delimiter() == Delimiter::Brace
            {
                let range = group.span().byte_range();
                text.push_str(&self.without_docs(at..range.start));
                text.push(' ');
                at = range.end;
            }
        }
        text.push_str(&self.without_docs(at..used.span().byte_range().end));
        text
    }

    /// A part of the source on one line.
    pub(super) fn written(&self, part: Range<usize>) -> String {
        let words = self.text[part].split_whitespace().collect::<Vec<_>>().join(" ");
        let tidy = words
            .replace("( ", "(")
            .replace(", )", ")")
            .replace(" )", ")")
            .replace(", >", ">")
            .replace("< ", "<");
        tidy.trim_end_matches([',', ' ', ';']).to_owned()
    }

    /// The same without its comments.
    pub(super) fn without_docs(&self, part: Range<usize>) -> String {
        let lines = self.text[part].lines().map(|line| line.split("//").next().unwrap_or_default());
        let text = lines.collect::<Vec<_>>().join(" ");
        text.split_whitespace().collect::<Vec<_>>().join(" ").replace(", }", " }")
    }
}
