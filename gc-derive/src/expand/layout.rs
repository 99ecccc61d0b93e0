//! Enums of documented layout: a mask for each variant.
//!
//! Where the fields of a variant lie is not computed but asked of the compiler, in a constant: a value is
//! made of which only the tag is written, matched by reference, and the addresses of the fields are taken. So
//! the `#[repr(..)]` is not trusted, which an attribute macro could have removed after the derive saw it: then
//! the constant reads a tag that was never written, or the match takes another arm, and either is a compile
//! error. With a single variant no tag is read, and the offsets are right whatever the layout is.

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::Ident;

use super::constants::{of_field, this};
use super::{check_type, derived, field_local, local, pattern};
use crate::anchor::{derived_trace, private};
use crate::model::{Input, Variant};

/// An enum of the same tags without fields: its values are what the tag can be.
pub(super) fn tag_mirror(input: &Input) -> TokenStream {
    if !input.has_variant_masks() {
        return TokenStream::new();
    }
    let tag = tag_name();
    let variants = input.body.variants().iter().map(|variant| {
        let (ident, value) = (&variant.ident, variant.discriminant.iter());
        quote!(#ident #(= #value)*)
    });
    let repr = input.repr.integer.as_ref().map_or_else(|| quote!(C), |integer| quote!(#integer));
    quote! {
        #[repr(#repr)]
        enum #tag { #(#variants),* }
    }
}

pub(super) fn constants(input: &Input) -> TokenStream {
    let (p, this, derived) = (private(input), this(input), derived_trace(input));
    let masks = input.body.variants().iter().map(|variant| variant_mask(input, variant));
    let absent = input.body.variants().iter().map(|variant| is_absent(input, variant));
    let tails = input
        .body
        .variants()
        .iter()
        .flat_map(Variant::traced)
        .map(|(_, field)| of_field(input, field, "TAIL"));
    quote! {
        const VARIANTS: &'static [#p::Mask] = &[#(#masks),*];
        const MASK: #p::Mask = if #this::LEAF {
            #derived.no_edges()
        } else {
            #derived.common_mask(#this::VARIANTS, &[#(#absent),*])
        };
        const TAIL: #p::bool =
            !#this::LEAF && (#derived.exceed(#this::VARIANTS, #this::MASK) #(|| #tails)*);
    }
}

/// The mask of a variant, as a constant expression. Reading the tag of a variant that cannot exist is an
/// error in constants, and no value needs its mask.
fn variant_mask(input: &Input, variant: &Variant) -> TokenStream {
    let (this, derived, the_real) = (this(input), derived(), derived_trace(input));
    let (value, mask) = (local("__value"), local("__mask"));
    let (pattern, tag, ident) = (pattern(variant), tag_name(), &variant.ident);
    let absent = is_absent(input, variant);
    let fields = variant.fields.iter().enumerate();
    let checks = fields.map(|(index, field)| check_type(field, &field_local(index)));
    let masks = variant.traced().map(|(index, field)| {
        let (of_field, field) = (of_field(input, field, "MASK"), field_local(index));
        // SAFETY (of the emitted code): the field is matched out of that very value.
        quote!(let #mask = unsafe { #derived.or_field(#mask, #of_field, &#value, #field) };)
    });
    // SAFETY (of the emitted code): evaluated in constants only, where whatever is read unwritten is an error.
    quote!({
        let #derived = #the_real;
        if #this::LEAF || #absent {
            #derived.no_edges()
        } else {
            let #value = unsafe { #derived.tagged::<Self, #tag>(#tag::#ident) };
            match unsafe { #derived.tagged_ref(&#value) } {
                #pattern => {
                    #(#checks)*
                    let #mask = #derived.no_edges();
                    #(#masks)*
                    #mask
                }
                _ => #derived.layout_is_not_as_documented(),
            }
        }
    })
}

/// Whether no value of the variant can exist, as far as the sizes of its fields tell.
fn is_absent(input: &Input, variant: &Variant) -> TokenStream {
    let derived = derived_trace(input);
    let types = variant.fields.iter().map(|field| &field.ty);
    quote!((false #(|| #derived.is_absent::<#types>())*))
}

fn tag_name() -> Ident {
    Ident::new("__TagOfVariant", Span::mixed_site())
}
