//! From the shape of a word to tokens. Cannot fail.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::GenericParam;

use super::{Part, Shape};
use crate::anchor::{self, derived_word as derived};
use crate::bounds::{self, Brand, ImplGenerics};
use crate::expand::{anonymous, check_type, field_local, local, pattern};
use crate::model::{Field, Input};

/// All of `#[derive(Word)]`, after what defines the types of fields.
pub(super) fn expand(input: &Input, types: &TokenStream, shape: &Shape<'_>) -> TokenStream {
    let word = word_implementation(input, shape);
    let rebrand = rebrand_implementation(input);
    let early = checked_early(input, shape);
    anonymous(quote!(#types #word #rebrand #early))
}

/// Has the variants checked where the type stands, and not where a word of it is made. (What depends on type arguments is
/// not known before.)
fn checked_early(input: &Input, shape: &Shape<'_>) -> TokenStream {
    let Shape::Packed(_) = shape else { return TokenStream::new() };
    if input.generics.params.iter().any(|parameter| !matches!(parameter, GenericParam::Lifetime(_))) {
        return TokenStream::new();
    }
    let (krate, p, ident) = (&input.settings.krate, anchor::private(input), &input.ident);
    let of_static = bounds::arguments(input, Brand::Static);
    quote!(const _: #p::Packing = <#ident #of_static as #krate::Word<'static>>::PACKING;)
}

fn word_implementation(input: &Input, shape: &Shape<'_>) -> TokenStream {
    let (krate, ident, brand) = (&input.settings.krate, &input.ident, &input.brand);
    let ImplGenerics { parameters, arguments, predicates } = bounds::for_trace(input);
    let Body { edge, packing, into_word, from_word } = match shape {
        Shape::Newtype(part) => of_newtype(input, part),
        Shape::Packed(parts) => of_packed(input, parts),
    };
    let (p, word) = (anchor::private(input), local("__word"));
    let packed = match shape {
        Shape::Packed(parts) if parts.iter().all(|part| part.value.is_none()) => of_number(input, parts),
        _ => TokenStream::new(),
    };
    // Always inlined, however many variants there are: then a `match` on what is read is one on the tag, and what is written is
    // of a known variant.
    quote! {
        #[automatically_derived]
        unsafe impl #parameters #krate::Word<#brand> for #ident #arguments where #predicates {
            const EDGE: #p::bool = #edge;
            #packing
            #[inline(always)]
            fn into_word(self) -> *mut () {
                #into_word
            }
            #[inline(always)]
            unsafe fn from_word(#word: *mut ()) -> Self {
                #from_word
            }
        }
        #packed
    }
}

/// What an implementation of `Word` consists of.
struct Body {
    /// The value of `EDGE`.
    edge: TokenStream,
    /// The constant `PACKING`, unless it is as in the trait.
    packing: TokenStream,
    /// The bodies of the functions.
    into_word: TokenStream,
    from_word: TokenStream,
}

/// The word is that of the field.
fn of_newtype(input: &Input, part: &Part<'_>) -> Body {
    let word = local("__word");
    let (pattern, checks) = (pattern(part.variant), checks(part));
    let values = part.value.map(|field| (of_field(input, field), value_local(part)));
    let (of_field, value) = values.into_iter().unzip::<_, _, Vec<_>, Vec<_>>();
    let p = anchor::private(input);
    // SAFETY (of the emitted code): the word was made by `into_word`, whose word is that of the field.
    let whole = build(input, part, &quote!(unsafe { #(#of_field::from_word(#word))* }));
    Body {
        edge: quote!(#(#of_field::EDGE)*),
        packing: quote!(#(const PACKING: #p::Packing = #of_field::PACKING;)*),
        into_word: quote!(let #pattern = self; #checks #(#of_field::into_word(#value))*),
        from_word: whole,
    }
}

/// The word is the number of the variant and what the field packs.
fn of_packed(input: &Input, parts: &[Part<'_>]) -> Body {
    let (derived, word, p) = (derived(input), local("__word"), anchor::private(input));
    let (krate, brand) = (&input.settings.krate, &input.brand);
    let packing = quote!(<Self as #krate::Word<#brand>>::PACKING);
    let edges = parts.iter().filter_map(|part| part.value).map(|field| {
        let (ty, fits) = (&field.ty, says_if_it_does_not_fit(input, field));
        quote_spanned!(field.span()=> { #fits #derived.packs_edge::<#ty>() })
    });
    let contents = parts.iter().map(|part| {
        part.value.map_or_else(
            || quote!(#derived.no_content()),
            |field| {
                let (ty, fits) = (&field.ty, says_if_it_does_not_fit(input, field));
                quote_spanned!(field.span()=> { #fits #derived.content::<#ty>() })
            },
        )
    });
    let of_packing = quote!(const PACKING: #p::Packing = #derived.packing(&[#(#contents),*]););
    let into = parts.iter().enumerate().map(|(number, part)| {
        let (pattern, checks) = (pattern(part.variant), checks(part));
        let made = part.value.zip(value_local(part)).map_or_else(
            || quote!(#derived.immediate_word(#packing, #number)),
            |(field, value)| {
                let (ty, fits) = (&field.ty, says_if_it_does_not_fit(input, field));
                quote_spanned!(field.span()=> #fits #derived.packed_word::<#ty>(#packing, #number, #value))
            },
        );
        quote!(#pattern => { #checks #made })
    });
    let from = parts.iter().enumerate().map(|(number, part)| {
        // SAFETY (of the emitted code): the tag says that this variant's field was packed.
        let value = part.value.map(|field| {
            let (ty, fits) = (&field.ty, says_if_it_does_not_fit(input, field));
            quote_spanned!(field.span()=> { #fits unsafe { #derived.field_of_word::<#ty>(#packing, #number, #word) } })
        });
        let whole = build(input, part, &value.unwrap_or_default());
        quote!(#number => #whole)
    });
    // SAFETY (of the emitted code): `into_word` writes the numbers of variants only.
    Body {
        edge: quote!(false #(|| #edges)*),
        into_word: quote!(match self { #(#into)* }),
        from_word: quote! {
            match #derived.variant_of(#packing, #word) {
                #(#from,)*
                _ => unsafe { #derived.no_such_variant() },
            }
        },
        packing: of_packing,
    }
}

/// An enum whose variants have no fields fits a variant of another one: as its number.
fn of_number(input: &Input, parts: &[Part<'_>]) -> TokenStream {
    let (ident, brand) = (&input.ident, &input.brand);
    let ImplGenerics { parameters, arguments, predicates } = bounds::for_trace(input);
    let (derived, word, p) = (anchor::derived_packed(input), local("__word"), anchor::private(input));
    let pack = parts.iter().enumerate().map(|(number, part)| {
        let pattern = pattern(part.variant);
        quote!(#pattern => #derived.packed_number(#number))
    });
    let unpack = parts.iter().enumerate().map(|(number, part)| {
        let whole = build(input, part, &TokenStream::new());
        quote!(#number => #whole)
    });
    // SAFETY (of the emitted code): `pack` writes the numbers of variants only.
    quote! {
        #[automatically_derived]
        unsafe impl #parameters #p::Packed<#brand> for #ident #arguments where #predicates {
            const EDGE: #p::bool = false;
            const BITS: #p::u32 = 15;
            #[inline]
            fn pack(self) -> *mut () {
                match self { #(#pack,)* }
            }
            #[inline]
            unsafe fn unpack(#word: *mut ()) -> Self {
                match #derived.number_of_packed(#word) {
                    #(#unpack,)*
                    _ => unsafe { #derived.no_such_variant() },
                }
            }
        }
    }
}

/// The struct or variant with this value in its field.
fn build(input: &Input, part: &Part<'_>, value: &TokenStream) -> TokenStream {
    let derived = derived(input);
    let name = part.variant.ident.iter();
    let members = part.variant.fields.iter().map(|field| {
        let member = &field.member;
        match part.value {
            Some(of_value) if core::ptr::eq(of_value, field) => quote!(#member: #value),
            _ => quote!(#member: #derived.phantom()),
        }
    });
    quote!(Self #(::#name)* { #(#members),* })
}

/// The checks of the types of all fields, which are bound by value.
fn checks(part: &Part<'_>) -> TokenStream {
    let bound = local("__bound");
    let fields = part.variant.fields.iter().enumerate();
    fields
        .map(|(index, field)| {
            let (value, check) = (field_local(index), check_type(field, &bound));
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

/// A statement that does nothing and by which nothing is believed: of a type that does not fit it says so first, and
/// without a word about how the emitted code goes on.
fn says_if_it_does_not_fit(input: &Input, field: &Field) -> TokenStream {
    let (krate, brand, ty) = (&input.settings.krate, &input.brand, &field.ty);
    quote_spanned!(field.span()=> let _ = <#ty as #krate::__private::Packed<#brand>>::EDGE;)
}

/// `<FieldType as Word<'gc>>`, pointing at the type of the field.
fn of_field(input: &Input, field: &Field) -> TokenStream {
    let (krate, brand, ty) = (&input.settings.krate, &input.brand, &field.ty);
    quote_spanned!(field.span()=> <#ty as #krate::Word<#brand>>)
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
    let rebrand_word = quote!(#krate::__private::RebrandWord);
    let check = anchor::arguments_are_rebranded(input, &rebrand_word);
    quote! {
        #check
        #[automatically_derived]
        unsafe impl #parameters #rebrand_word for #ident #arguments where #predicates {
            type WordStatic = #ident #of_static;
            type WordAt<#at> = #ident #of_brand;
        }
    }
}
