//! What follows a failed check: implementations that do nothing, so that the program's uses of the type are no
//! errors, too. (Where the type is not `Send` or not `Sync` they are, as that is in the condition; a type without parameters
//! cannot have such a condition, and then gets no implementation.)
//!
//! They come with the error; but the macro that reports it is a name like others, and `extern crate self as core` makes
//! it the program's. So they cannot be used: their constants have no value, and their functions ask for one.

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::{DeriveInput, GenericParam, Lifetime};

use crate::bounds::{self, Brand, ImplGenerics};
use crate::expand::anonymous;
use crate::model::Input;

/// The fallback of `#[derive(Trace)]`.
pub(crate) fn trace(original: &DeriveInput, input: &Input) -> TokenStream {
    let krate = &input.settings.krate;
    let p = quote!(#krate::__private);
    let (no_value, use_it) = (no_value(), quote!(let _ = <Self as #krate::Trace<'__brand>>::LEAF;));
    let items = quote! {
        const MASK: #p::Mask = #no_value;
        const TAIL: #p::bool = #no_value;
        const LEAF: #p::bool = #no_value;
        fn trace(&self, _: &mut #p::Tracer) { #use_it }
    };
    let supertraits = quote!(#p::Send + #p::Sync);
    let mut tokens = at_every_brand(original, input, &quote!(Trace), &supertraits, &items);
    tokens.extend(rebrand(input, &supertraits));
    tokens
}

/// Only for types without type parameters and bounds, of which it is known that they are `Trace` at every brand.
fn rebrand(input: &Input, supertraits: &TokenStream) -> Option<TokenStream> {
    let is_simple = input.parameters.is_empty() && input.generics.where_clause.is_none();
    if !is_simple || input.settings.no_rebrand.is_some() {
        return None;
    }
    let (krate, ident) = (&input.settings.krate, &input.ident);
    let ImplGenerics { parameters, arguments, .. } = bounds::as_declared(input);
    let at = Lifetime::new("'__brand", Span::call_site());
    let of_static = bounds::arguments(input, Brand::Static);
    let of_brand = bounds::arguments(input, Brand::At(&at));
    Some(anonymous(quote! {
        #[automatically_derived]
        unsafe impl #parameters #krate::Rebrand for #ident #arguments
        where
            for<#at> #ident #of_brand: #at + #supertraits,
        {
            type Static = #ident #of_static;
            type At<#at> = #ident #of_brand;
        }
    }))
}

/// The fallback of `#[derive(Word)]`.
pub(crate) fn word(original: &DeriveInput, input: &Input) -> TokenStream {
    let krate = &input.settings.krate;
    let no_value = no_value();
    let items = quote! {
        const EDGE: #krate::__private::bool = #no_value;
        fn into_word(self) -> *mut () {
            loop {}
        }
        unsafe fn from_word(_: *mut ()) -> Self {
            loop {}
        }
    };
    let supertraits = quote!(#krate::__private::Copy + #krate::Trace<'__brand>);
    at_every_brand(original, input, &quote!(Word), &supertraits, &items)
}

/// An expression of any type that is an error where it is evaluated. Not one that is named.
fn no_value() -> TokenStream {
    quote!([][0usize])
}

/// An implementation for the type at its own brand and every other, whatever the type.
fn at_every_brand(
    original: &DeriveInput,
    input: &Input,
    of: &TokenStream,
    supertraits: &TokenStream,
    items: &TokenStream,
) -> TokenStream {
    let (krate, ident) = (&input.settings.krate, &input.ident);
    let brand = Lifetime::new("'__brand", Span::call_site());
    let mut generics = original.generics.clone();
    generics.params.insert(0, syn::parse_quote!(#brand));
    for parameter in &mut generics.params {
        match parameter {
            GenericParam::Lifetime(own) => own.attrs.clear(),
            GenericParam::Type(own) => own.attrs.clear(),
            GenericParam::Const(own) => own.attrs.clear(),
        }
    }
    let (parameters, ..) = generics.split_for_impl();
    let (_, arguments, clause) = original.generics.split_for_impl();
    let predicates = clause.iter().flat_map(|clause| &clause.predicates);
    anonymous(quote! {
        #[automatically_derived]
        unsafe impl #parameters #krate::#of<#brand> for #ident #arguments
        where
            #(#predicates,)*
            Self: #brand + #supertraits,
        {
            #items
        }
    })
}
