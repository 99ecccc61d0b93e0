//! From the shape of a word to tokens. Cannot fail.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};

use super::{Part, Shape};
use crate::bounds::{self, Brand, ImplGenerics};
use crate::expand::{anonymous, check_type, field_local, local, pattern};
use crate::model::{Field, Input};

pub(super) fn expand(input: &Input, shape: &Shape<'_>) -> TokenStream {
    let word = word_implementation(input, shape);
    let rebrand = rebrand_implementation(input);
    anonymous(quote!(#word #rebrand))
}

fn word_implementation(input: &Input, shape: &Shape<'_>) -> TokenStream {
    let (krate, ident, brand) = (&input.settings.krate, &input.ident, &input.brand);
    let ImplGenerics { parameters, arguments, predicates } = bounds::for_trace(input);
    let (edge, into_word, from_word) = match shape {
        Shape::Newtype(part) => of_newtype(input, part),
        Shape::Packed(parts) => of_packed(input, parts),
    };
    let word = local("__word");
    quote! {
        #[automatically_derived]
        unsafe impl #parameters #krate::Word<#brand> for #ident #arguments where #predicates {
            const EDGE: #krate::__private::bool = #edge;
            #[inline]
            fn into_word(self) -> *mut () {
                #into_word
            }
            #[inline]
            unsafe fn from_word(#word: *mut ()) -> Self {
                #from_word
            }
        }
    }
}

/// The word is that of the field. `EDGE`, and the bodies of `into_word` and `from_word`.
fn of_newtype(input: &Input, part: &Part<'_>) -> (TokenStream, TokenStream, TokenStream) {
    let word = local("__word");
    let (pattern, checks) = (pattern(part.variant), checks(input, part));
    let values = part.value.map(|field| (of_trait(input, field, &quote!(Word)), value_local(part)));
    let (of_field, value) = values.into_iter().unzip::<_, _, Vec<_>, Vec<_>>();
    // SAFETY (of the emitted code): the word was made by `into_word`, whose word is that of the field.
    let whole = build(input, part, &quote!(unsafe { #(#of_field::from_word(#word))* }));
    (
        quote!(#(#of_field::EDGE)*),
        quote!(let #pattern = self; #checks #(#of_field::into_word(#value))*),
        whole,
    )
}

/// The word is the number of the variant and what the field packs.
fn of_packed(input: &Input, parts: &[Part<'_>]) -> (TokenStream, TokenStream, TokenStream) {
    let (krate, word) = (&input.settings.krate, local("__word"));
    let p = quote!(#krate::__private);
    let fields = parts.iter().filter_map(|part| part.value);
    let edges = fields.map(|field| of_trait(input, field, &quote!(Packed)));
    let into = parts.iter().enumerate().map(|(number, part)| {
        let (pattern, checks) = (pattern(part.variant), checks(input, part));
        let Some(field) = part.value else {
            return quote!(#pattern => { #checks #p::immediate_word(#number) });
        };
        let (of_field, value) = (of_trait(input, field, &quote!(Packed)), value_local(part));
        quote!(#pattern => { #checks #p::packed_word(#number, #of_field::EDGE, #of_field::pack(#value)) })
    });
    let from = parts.iter().enumerate().map(|(number, part)| {
        let value = part.value.map(|field| {
            let of_field = of_trait(input, field, &quote!(Packed));
            // SAFETY (of the emitted code): the tag says that this variant's field was packed.
            quote!(unsafe { #of_field::unpack(#p::payload_of(#word)) })
        });
        let whole = build(input, part, &value.unwrap_or_default());
        quote!(#number => #whole)
    });
    // SAFETY (of the emitted code): `into_word` writes the numbers of variants only.
    (
        quote!(false #(|| #edges::EDGE)*),
        quote!(match self { #(#into)* }),
        quote! {
            match #p::variant_of(#word) {
                #(#from,)*
                _ => unsafe { #p::no_such_variant() },
            }
        },
    )
}

/// The struct or variant with this value in its field.
fn build(input: &Input, part: &Part<'_>, value: &TokenStream) -> TokenStream {
    let krate = &input.settings.krate;
    let name = part.variant.ident.iter();
    let members = part.variant.fields.iter().map(|field| {
        let member = &field.member;
        match part.value {
            Some(of_value) if core::ptr::eq(of_value, field) => quote!(#member: #value),
            _ => quote!(#member: #krate::__private::PhantomData),
        }
    });
    quote!(Self #(::#name)* { #(#members),* })
}

/// The checks of the types of all fields, which are bound by value.
fn checks(input: &Input, part: &Part<'_>) -> TokenStream {
    let fields = part.variant.fields.iter().enumerate();
    fields
        .map(|(index, field)| {
            let (value, bound) = (field_local(index), local("__bound"));
            let check = check_type(input, field, &bound);
            quote!(let #bound = &#value; #check)
        })
        .collect()
}

/// The local that the value is bound to.
fn value_local(part: &Part<'_>) -> Option<syn::Ident> {
    let index =
        part.variant.fields.iter().position(|field| part.value.is_some_and(|of| core::ptr::eq(of, field)));
    index.map(field_local)
}

/// `<FieldType as Packed<'gc>>`, pointing at the type of the field.
fn of_trait(input: &Input, field: &Field, name: &TokenStream) -> TokenStream {
    let (krate, brand, ty) = (&input.settings.krate, &input.brand, &field.ty);
    quote_spanned!(field.span()=> <#ty as #krate::#name<#brand>>)
}

/// `RebrandWord`: the types of `Rebrand`, of which it says that they are words.
fn rebrand_implementation(input: &Input) -> TokenStream {
    if input.settings.no_rebrand.is_some() {
        return TokenStream::new();
    }
    let (krate, ident, at) = (&input.settings.krate, &input.ident, bounds::at_lifetime());
    let ImplGenerics { parameters, arguments, predicates } = bounds::for_rebrand(input);
    let of_static = bounds::arguments(input, Brand::Static);
    let of_brand = bounds::arguments(input, Brand::At(&at));
    quote! {
        #[automatically_derived]
        unsafe impl #parameters #krate::RebrandWord for #ident #arguments where #predicates {
            type WordStatic = #ident #of_static;
            type WordAt<#at> = #ident #of_brand;
        }
    }
}
