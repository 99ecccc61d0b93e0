//! The generics of the emitted implementations.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote};
use syn::{GenericParam, Ident, Lifetime, WherePredicate};

use crate::model::{Input, Parameter, Role};
use crate::syntax::{mentions_ident, type_predicate};

/// What stands between `impl` and its body.
pub(crate) struct ImplGenerics {
    /// `<'gc, T: Bound, const N: usize>`
    pub(crate) parameters: TokenStream,
    /// `<'gc, T, N>`
    pub(crate) arguments: TokenStream,
    /// The predicates behind `where`, each with its comma.
    pub(crate) predicates: TokenStream,
}

/// Which type the arguments name.
#[derive(Clone, Copy)]
pub(crate) enum Brand<'a> {
    /// The type itself.
    Own,
    /// The type at `'static`: `Rebrand::Static`.
    Static,
    /// The type at this lifetime: `Rebrand::At`.
    At(&'a Lifetime),
}

/// The lifetime of `Rebrand::At`.
pub(crate) fn at_lifetime() -> Lifetime {
    Lifetime::new("'__at", Span::call_site())
}

/// For `Trace`, and for every other trait that has the brand as its parameter.
pub(crate) fn for_trace(input: &Input) -> ImplGenerics {
    let (krate, brand) = (&input.settings.krate, &input.brand);
    let mut generics = as_written(input, (!input.has_lifetime).then_some(brand));
    for parameter in &input.parameters {
        let ident = &parameter.ident;
        generics.predicates.extend(match parameter.role {
            Role::Rebranded | Role::Word => quote!(#ident: #krate::Trace<#brand>,),
            Role::Kept => kept(input, ident),
            Role::KeptTraced => {
                let kept = kept(input, ident);
                quote!(#kept #ident: #krate::Trace<#brand>,)
            }
            Role::KeptLeaf => kept_at_every_brand(input, ident),
        });
    }
    generics.predicates.extend(input.settings.bounds.iter().map(|bound| quote!(#bound,)));
    generics
}

/// For `Rebrand` and for `RebrandWord`, whose implementation needs the same.
pub(crate) fn for_rebrand(input: &Input) -> ImplGenerics {
    let krate = &input.settings.krate;
    let mut generics = as_written(input, None);
    for parameter in &input.parameters {
        let ident = &parameter.ident;
        generics.predicates.extend(match parameter.role {
            Role::Rebranded | Role::Word => {
                let of = rebrand_of(parameter).map(|rebrand| rebrand.of);
                quote!(#ident: #krate::__private::#of,)
            }
            Role::Kept => kept(input, ident),
            Role::KeptTraced | Role::KeptLeaf => kept_at_every_brand(input, ident),
        });
    }
    let carried = input.settings.bounds.iter().filter(|bound| is_carried(input, bound));
    generics.predicates.extend(carried.map(|bound| quote!(#bound,)));
    generics
}

/// For what is said about every value of the type, without anything added.
pub(crate) fn as_declared(input: &Input) -> ImplGenerics {
    as_written(input, None)
}

/// The trait that replaces the brand in a type parameter.
pub(crate) struct RebrandOf {
    pub(crate) of: Ident,
    /// Its associated types.
    pub(crate) of_static: Ident,
    pub(crate) of_brand: Ident,
    /// The methods of `DERIVED` that compare these with the real ones.
    pub(crate) is_static: Ident,
    pub(crate) is_at: Ident,
}

/// None if the parameter stays as it is.
pub(crate) fn rebrand_of(parameter: &Parameter) -> Option<RebrandOf> {
    let [of, of_static, of_brand, is_static, is_at] = match parameter.role {
        Role::Rebranded if parameter.maybe_unsized => ["RebrandDst", "Static", "At", "is_static", "is_at"],
        Role::Rebranded => ["Rebrand", "Static", "At", "is_static", "is_at"],
        Role::Word => ["RebrandWord", "WordStatic", "WordAt", "is_word_static", "is_word_at"],
        Role::Kept | Role::KeptTraced | Role::KeptLeaf => return None,
    }
    .map(|name| Ident::new(name, Span::call_site()));
    Some(RebrandOf { of, of_static, of_brand, is_static, is_at })
}

/// The type's arguments at a brand.
pub(crate) fn arguments(input: &Input, brand: Brand<'_>) -> TokenStream {
    let krate = &input.settings.krate;
    let arguments = input.generics.params.iter().map(|parameter| match (parameter, brand) {
        (GenericParam::Lifetime(own), Brand::Own) => own.lifetime.to_token_stream(),
        (GenericParam::Lifetime(_), Brand::Static) => quote!('static),
        (GenericParam::Lifetime(_), Brand::At(at)) => quote!(#at),
        (GenericParam::Const(own), _) => own.ident.to_token_stream(),
        (GenericParam::Type(own), brand) => {
            let ident = &own.ident;
            let parameter = input.parameters.iter().find(|parameter| parameter.ident == *ident);
            match (parameter.and_then(rebrand_of), brand) {
                (None, _) | (_, Brand::Own) => quote!(#ident),
                (Some(RebrandOf { of, of_static, .. }), Brand::Static) => {
                    quote!(<#ident as #krate::__private::#of>::#of_static)
                }
                (Some(RebrandOf { of, of_brand, .. }), Brand::At(at)) => {
                    quote!(<#ident as #krate::__private::#of>::#of_brand<#at>)
                }
            }
        }
    });
    quote!(<#(#arguments),*>)
}

/// A bound of `#[trace(bound = "..")]` that also holds at other brands, since nothing in it is rebranded.
fn is_carried(input: &Input, bound: &WherePredicate) -> bool {
    type_predicate(bound).is_none()
        || !input.rebranded().any(|parameter| mentions_ident(bound, &parameter.ident))
}

/// What a `#[trace(static)]` parameter must be. Never left out: that it is `'static` is what keeps out `Gc`s.
fn kept(input: &Input, ident: &Ident) -> TokenStream {
    let krate = &input.settings.krate;
    quote!(#ident: 'static + #krate::__private::Send + #krate::__private::Sync,)
}

fn kept_at_every_brand(input: &Input, ident: &Ident) -> TokenStream {
    let (krate, kept) = (&input.settings.krate, kept(input, ident));
    quote!(#kept #ident: for<'__any> #krate::Trace<'__any>,)
}

/// The generics of the type itself, with another lifetime in front.
fn as_written(input: &Input, fresh: Option<&Lifetime>) -> ImplGenerics {
    let fresh = fresh.map(|lifetime| quote!(#lifetime));
    let parameters = fresh.into_iter().chain(input.generics.params.iter().map(without_default));
    let written = input.generics.where_clause.iter().flat_map(|clause| &clause.predicates);
    ImplGenerics {
        parameters: quote!(<#(#parameters),*>),
        arguments: arguments(input, Brand::Own),
        predicates: quote!(#(#written,)*),
    }
}

fn without_default(parameter: &GenericParam) -> TokenStream {
    match parameter.clone() {
        GenericParam::Lifetime(mut own) => {
            own.attrs.clear();
            own.to_token_stream()
        }
        GenericParam::Type(mut own) => {
            own.attrs.clear();
            own.default = None;
            own.to_token_stream()
        }
        GenericParam::Const(mut own) => {
            own.attrs.clear();
            own.default = None;
            own.to_token_stream()
        }
    }
}
