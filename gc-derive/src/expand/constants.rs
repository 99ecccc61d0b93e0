//! The constants of `Trace`.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::Ident;

use super::{derived, layout, local};
use crate::anchor::{derived_trace, private};
use crate::model::{Body, Field, Input, Role, Variant};

/// Of a type that holds no `Gc`, by its parameters.
pub(super) fn of_plain(input: &Input) -> TokenStream {
    let (p, derived) = (private(input), derived_trace(input));
    quote! {
        const MASK: #p::Mask = #derived.no_edges();
        const TAIL: #p::bool = false;
        const LEAF: #p::bool = true;
    }
}

/// Of a type that may hold one.
pub(super) fn of_holder(input: &Input) -> TokenStream {
    let leaf = leaf(input);
    let rest = match &input.body {
        Body::Struct(_) if input.has_shape() => of_struct(input),
        Body::Enum(_) if input.has_variant_masks() => layout::constants(input),
        Body::Struct(_) | Body::Enum(_) | Body::Union(_) => of_unknown_layout(input),
    };
    quote!(#leaf #rest)
}

/// `LEAF`, from the parameters and never from the fields: those of a recursive type would make it depend
/// on itself.
fn leaf(input: &Input) -> TokenStream {
    let (p, krate, brand) = (private(input), &input.settings.krate, &input.brand);
    if input.has_lifetime {
        return quote!(const LEAF: #p::bool = false;);
    }
    let traced = input.parameters.iter().filter(|of| matches!(of.role, Role::Rebranded | Role::Word));
    let leaves = traced.map(|parameter| {
        let ident = &parameter.ident;
        quote!(<#ident as #krate::Trace<#brand>>::LEAF)
    });
    quote!(const LEAF: #p::bool = true #(&& #leaves)*;)
}

fn of_struct(input: &Input) -> TokenStream {
    let (p, this, derived, the_real) = (private(input), this(input), derived(), derived_trace(input));
    let (place, base) = (local("__place"), local("__base"));
    let traced = input.body.variants().iter().flat_map(Variant::traced);
    let fields = traced.map(|(_, field)| {
        let (member, ty, of_field) = (&field.member, &field.ty, of_field(input, field, "SHAPE"));
        // SAFETY (of the emitted code): the field lies in the place. That the dot does not lead elsewhere, by a
        // `Deref` of the program: constants cannot call it. This is where the type of the field is compared, too: a raw
        // pointer to another type is none to this one.
        quote!(#derived.field::<#ty>(#of_field, &raw const (*#base).#member))
    });
    quote! {
        const SHAPE: #p::Shape = {
            let #derived = #the_real;
            if #this::LEAF {
                #derived.no_shape()
            } else {
                let #place = #derived.place::<Self>();
                let #base = #derived.address(&#place);
                unsafe { #derived.of_struct::<Self>(&#place, &[#(#fields),*]) }
            }
        };
        const MASK: #p::Mask = #this::SHAPE.mask;
        const TAIL: #p::bool = #this::SHAPE.tail;
        const POINTER: #p::bool = #this::SHAPE.pointer;
    }
}

/// The layout of an enum is the compiler's secret, and where the fields of a type without a size lie is known at run time
/// only. So all edges are left to `trace_tail`.
fn of_unknown_layout(input: &Input) -> TokenStream {
    let (p, this, derived) = (private(input), this(input), derived_trace(input));
    let may_hold = input.body.variants().iter().any(|variant| variant.traced().next().is_some());
    quote! {
        const MASK: #p::Mask = #derived.no_edges();
        const TAIL: #p::bool = #may_hold && !#this::LEAF;
    }
}

/// `<FieldType as Trace<'gc>>::name`, pointing at the type of the field: all uses of a field at the same place and
/// by the same text, so that what is wrong with it is reported once.
pub(super) fn of_field(input: &Input, field: &Field, name: &str) -> TokenStream {
    let (krate, brand, ty) = (&input.settings.krate, &input.brand, &field.ty);
    let name = Ident::new(name, field.span());
    quote_spanned!(field.span()=> <#ty as #krate::Trace<#brand>>::#name)
}

/// `<Self as Trace<'gc>>`: a variant may have the name of a constant.
pub(super) fn this(input: &Input) -> TokenStream {
    let (krate, brand) = (&input.settings.krate, &input.brand);
    quote!(<Self as #krate::Trace<#brand>>)
}
