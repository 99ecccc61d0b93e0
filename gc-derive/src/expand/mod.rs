//! From the model to tokens. Nothing here can fail; each emitted item has a function.
//!
//! Everything is emitted inside one anonymous constant, so that no name of ours gets out. That no name of the program
//! gets in between is the matter of [`anchor`]. Lints do not look into code of a macro of another crate, so none is
//! allowed by an attribute, which would be an error where the program forbids the lint; for the same reason no emitted
//! token but those of the program's types has a span of the program.

mod bodies;
mod constants;
mod layout;

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote};
use syn::Ident;

use crate::anchor;
use crate::bounds::{self, Brand, ImplGenerics};
use crate::field_types;
use crate::model::{Field, Input, Variant};

/// All of `#[derive(Trace)]`.
pub(crate) fn expand(input: &mut Input) -> TokenStream {
    let types = field_types::name_once(input);
    let tag = layout::tag_mirror(input);
    let otherwise = bodies::otherwise(input);
    let trace = trace_implementation(input);
    let rebrand = rebrand_implementation(input);
    anonymous(quote!(#types #tag #otherwise #trace #rebrand))
}

/// Keeps the items out of the program's namespace. Fields and types may be deprecated for others.
pub(crate) fn anonymous(items: TokenStream) -> TokenStream {
    quote! {
        #[allow(deprecated)]
        const _: () = { #items };
    }
}

fn trace_implementation(input: &Input) -> TokenStream {
    let (krate, ident, brand) = (&input.settings.krate, &input.ident, &input.brand);
    let ImplGenerics { parameters, arguments, predicates } = bounds::for_trace(input);
    let items = if input.is_plain() {
        let constants = constants::of_plain(input);
        let bodies = bodies::of_plain(input);
        quote!(#constants #bodies)
    } else {
        let constants = constants::of_holder(input);
        let bodies = bodies::of_holder(input);
        quote!(#constants #bodies)
    };
    quote! {
        #[automatically_derived]
        unsafe impl #parameters #krate::Trace<#brand> for #ident #arguments where #predicates {
            #items
        }
    }
}

/// `Rebrand`: the same type, in which only brands are replaced. What may be unsized has the trait that allows it.
fn rebrand_implementation(input: &Input) -> TokenStream {
    if input.settings.no_rebrand.is_some() {
        return TokenStream::new();
    }
    let (ident, at) = (&input.ident, bounds::at_lifetime());
    let ImplGenerics { parameters, arguments, predicates } = bounds::for_rebrand(input);
    let of_static = bounds::arguments(input, Brand::Static);
    let of_brand = bounds::arguments(input, Brand::At(&at));
    let (p, krate) = (anchor::private(input), &input.settings.krate);
    let rebrand = if input.is_maybe_unsized() { quote!(#p::RebrandDst) } else { quote!(#krate::Rebrand) };
    let check = anchor::arguments_are_rebranded(input, &rebrand);
    quote! {
        #check
        #[automatically_derived]
        unsafe impl #parameters #rebrand for #ident #arguments where #predicates {
            type Static = #ident #of_static;
            type At<#at> = #ident #of_brand;
        }
    }
}

/// A name for a local of the emitted code, which tokens of the program cannot see.
pub(crate) fn local(name: &str) -> Ident {
    Ident::new(name, Span::mixed_site())
}

/// The local that a field is bound to.
pub(crate) fn field_local(index: usize) -> Ident {
    format_ident!("__field{}", index, span = Span::mixed_site())
}

/// A pattern that binds every field. Exhaustive and without `..`: a field that an attribute macro added
/// after the derive saw the type is a compile error, not an edge that nobody traces.
pub(crate) fn pattern(variant: &Variant) -> TokenStream {
    let name = variant.ident.iter();
    let members = variant.fields.iter().map(|field| &field.member);
    let locals = (0..variant.fields.len()).map(field_local);
    quote!(Self #(::#name)* { #(#members: #locals),* })
}

/// The local that the value of `DERIVED` is bound to.
pub(crate) fn derived() -> Ident {
    local("__derived")
}

/// A statement that checks that a field, to which `bound` is a reference, has the type that the derive saw. A raw pointer
/// to another type is none to this one, where a `&Gc<T>` might be taken for a `&T`. (One to an array is one to a slice,
/// whose elements are the same.) That it is a reference, by which no `Deref` of the program is called, is seen first: the
/// name may be that of a constant.
pub(crate) fn check_type(field: &Field, bound: &Ident) -> TokenStream {
    let (ty, found) = (&field.ty, local("__found"));
    quote! {
        let #found: &_ = #bound;
        let _: *const #ty = &raw const *#found;
    }
}
