//! Parses `#[trace(..)]` and `#[repr(..)]`. Every setting remembers its tokens, so that a rule that it
//! breaks can point at it.

use syn::meta::ParseNestedMeta;
use syn::punctuated::Punctuated;
use syn::{Attribute, Lit, LitStr, Path, Token, WherePredicate, parse_quote};

use crate::errors::Errors;

/// The settings of a type.
pub(crate) struct TypeSettings {
    /// `static`: the type is `'static` and holds no `Gc`; its fields are not looked at.
    pub(crate) is_static: Option<Path>,
    /// `no_rebrand`: no `Rebrand` is derived, so the type cannot be rooted by itself.
    pub(crate) no_rebrand: Option<Path>,
    /// `bound = ".."`: predicates added to those of the implementation of `Trace`.
    pub(crate) bounds: Vec<WherePredicate>,
    /// `bound` itself.
    pub(crate) bound: Option<Path>,
    /// `crate = ".."`: where the crate `gc` is found.
    pub(crate) krate: Path,
}

/// The settings of a field or a type parameter.
#[derive(Default)]
pub(crate) struct StaticSetting {
    /// `static`: holds no `Gc`, and is neither traced nor rebranded.
    pub(crate) is_static: Option<Path>,
}

/// What `#[repr(..)]` says.
#[derive(Default)]
pub(crate) struct Repr {
    /// `packed`, which is refused.
    pub(crate) packed: Option<Path>,
    /// `C`.
    pub(crate) c: bool,
    /// `u8`, `i32` and the like.
    pub(crate) integer: Option<Path>,
}

impl TypeSettings {
    pub(crate) fn parse(attributes: &[Attribute], errors: &mut Errors) -> Self {
        let mut all = Self {
            is_static: None,
            no_rebrand: None,
            bounds: Vec::new(),
            bound: None,
            krate: parse_quote!(::gc),
        };
        let mut krate = None;
        each_setting(attributes, errors, |meta, errors| {
            if meta.path.is_ident("static") {
                once(&mut all.is_static, meta, errors);
            } else if meta.path.is_ident("no_rebrand") {
                once(&mut all.no_rebrand, meta, errors);
            } else if meta.path.is_ident("bound") {
                once(&mut all.bound, meta, errors);
                let text = text(meta)?;
                let parser = Punctuated::<WherePredicate, Token![,]>::parse_terminated;
                all.bounds.extend(text.parse_with(parser)?);
            } else if meta.path.is_ident("crate") {
                once(&mut krate, meta, errors);
                let text = text(meta)?;
                all.krate = text.parse_with(Path::parse_mod_style)?;
            } else {
                return Err(unknown(meta, "`static`, `no_rebrand`, `bound = \"..\"` or `crate = \"..\"`"));
            }
            Ok(())
        });
        all
    }
}

impl StaticSetting {
    /// The settings of a field or type parameter, as `place` says.
    pub(crate) fn parse(attributes: &[Attribute], place: &str, errors: &mut Errors) -> Self {
        let mut all = Self::default();
        each_setting(attributes, errors, |meta, errors| {
            if meta.path.is_ident("static") {
                once(&mut all.is_static, meta, errors);
                return Ok(());
            }
            for of_type in ["no_rebrand", "bound", "crate"] {
                if meta.path.is_ident(of_type) {
                    skip_value(meta)?;
                    return Err(meta.error(format!("`{of_type}` belongs on the type, not on a {place}")));
                }
            }
            Err(unknown(meta, "`static`"))
        });
        all
    }
}

/// Variants have no settings of their own.
pub(crate) fn refuse_on_variant(attributes: &[Attribute], errors: &mut Errors) {
    each_setting(attributes, errors, |meta, _| {
        skip_value(meta)?;
        Err(meta.error("`#[trace(..)]` belongs on the type or on a field, not on a variant"))
    });
}

impl Repr {
    /// Malformed `repr`s are left to the compiler.
    pub(crate) fn parse(attributes: &[Attribute]) -> Self {
        const INTEGERS: [&str; 12] =
            ["u8", "u16", "u32", "u64", "u128", "usize", "i8", "i16", "i32", "i64", "i128", "isize"];
        let mut repr = Self::default();
        for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("repr")) {
            let _ = attribute.parse_nested_meta(|meta| {
                if meta.path.is_ident("packed") {
                    repr.packed = Some(meta.path.clone());
                } else if meta.path.is_ident("C") {
                    repr.c = true;
                } else if INTEGERS.iter().any(|integer| meta.path.is_ident(integer)) {
                    repr.integer = Some(meta.path.clone());
                }
                if meta.input.peek(syn::token::Paren) {
                    let inside;
                    syn::parenthesized!(inside in meta.input);
                    inside.parse::<proc_macro2::TokenStream>()?;
                }
                Ok(())
            });
        }
        repr
    }
}

/// Calls `each` for every `name` or `name = value` inside the `#[trace(..)]` attributes.
fn each_setting(
    attributes: &[Attribute],
    errors: &mut Errors,
    mut each: impl FnMut(&ParseNestedMeta<'_>, &mut Errors) -> syn::Result<()>,
) {
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("trace")) {
        if attribute.meta.require_list().is_err() {
            errors.at(attribute, "write `#[trace(..)]` with settings in parentheses, or leave it out");
            continue;
        }
        if let Err(error) = attribute.parse_nested_meta(|meta| each(&meta, errors)) {
            errors.push(error);
        }
    }
}

/// Sets `place`, which must be empty.
fn once(place: &mut Option<Path>, meta: &ParseNestedMeta<'_>, errors: &mut Errors) {
    if place.is_some() {
        let name = name(&meta.path);
        errors.at(&meta.path, format!("duplicate `{name}`: write it once"));
    }
    *place = Some(meta.path.clone());
}

/// The value behind the name, which is a string.
fn text(meta: &ParseNestedMeta<'_>) -> syn::Result<LitStr> {
    let value = meta.value().and_then(|value| value.parse::<Lit>());
    let wrong = || format!("write `{} = \"..\"`, with a string", name(&meta.path));
    match value {
        Ok(Lit::Str(text)) => Ok(text),
        Ok(other) => Err(syn::Error::new_spanned(other, wrong())),
        Err(_) => Err(syn::Error::new_spanned(&meta.path, wrong())),
    }
}

fn unknown(meta: &ParseNestedMeta<'_>, known: &str) -> syn::Error {
    let name = name(&meta.path);
    syn::Error::new_spanned(&meta.path, format!("unknown setting `{name}`: expected {known}"))
}

/// Passes over `= value` or `(..)`, so that an error about the name is the only one.
fn skip_value(meta: &ParseNestedMeta<'_>) -> syn::Result<()> {
    if meta.input.peek(Token![=]) {
        meta.value()?.parse::<Lit>()?;
    }
    Ok(())
}

fn name(path: &Path) -> String {
    path.segments.iter().map(|segment| segment.ident.to_string()).collect::<Vec<_>>().join("::")
}
